package io.souffleur.actors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Owns the bytes of one cache for one epoch: makes their file before the rank starts, deletes it after.
 *
 * <p>Spawned as {@code kv-cache} and {@code mamba-cache}. A rank that dies leaves the file as it is,
 * which is what its successor needs. Which page belongs to whom is the engine loop's book, not known
 * here. Takes no messages: it is there, or the replica is not. Lives on the host dispatcher, because
 * making a file writes every byte of it.
 */
final class CacheActor {
  /**
   * What a cache keeps.
   *
   * @param name {@code kv-cache} or {@code mamba-cache}
   * @param creator makes the file and reserves its space
   */
  record Shelf(String name, Path file, long bytes, Creator creator) {}

  /** Makes the file of a store. */
  @FunctionalInterface
  interface Creator {
    void create() throws IOException;
  }

  private CacheActor() {}

  /**
   * @param epoch in which the parent wants to hear of it
   * @param parent hears that the file is there, or why it cannot be made
   */
  static Behavior<Void> create(Shelf shelf, long epoch, ActorRef<EngineSupervisor.Command> parent) {
    return Behaviors.setup(context -> {
      context.setLoggerName(CacheActor.class);
      try {
        shelf.creator().create();
      } catch (IOException refused) {
        parent.tell(new EngineSupervisor.PartEnded(
            epoch,
            new ReplicaRefused(
                "no room for " + shelf.name() + ": " + refused.getMessage(), refused)));
        return Behaviors.stopped();
      }
      context.getLog().debug("{} has {} B in {}", shelf.name(), shelf.bytes(), shelf.file());
      parent.tell(new EngineSupervisor.CacheReady(epoch, shelf.name()));
      return Behaviors.receive(Void.class)
          .onSignal(PostStop.class, stop -> {
            delete(context, shelf.file());
            return Behaviors.same();
          })
          .build();
    });
  }

  private static void delete(ActorContext<Void> context, Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException left) {
      context.getLog().warn("left {}: {}", file, left.getMessage());
    }
  }
}
