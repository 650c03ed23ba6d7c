package io.souffleur.actors;

import io.souffleur.cache.tier.TierCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Owns the bytes of one cache for one epoch: makes their file before the rank starts, deletes it after,
 * and hosts the tier below it if there is one.
 *
 * <p>Spawned as {@code kv-cache} and {@code mamba-cache}. A rank that dies leaves the file as it is,
 * which is what its successor needs. Which page belongs to whom is the engine loop's book, not known
 * here; what moves between cache and tier, the engine loop tells the tier's own thread. Takes no
 * messages: it is there, or the replica is not. Lives on the host dispatcher, because making a file
 * writes every byte of it.
 */
final class CacheActor {
  /**
   * What a cache keeps.
   *
   * @param name {@code kv-cache} or {@code mamba-cache}
   * @param store empty when the bytes are memory of the rank in this process
   */
  record Shelf(String name, Optional<StoreFile> store, Optional<TierHost.Plan> tier) {}

  /** @param creator makes the file and reserves its space */
  record StoreFile(Path file, long bytes, Creator creator) {}

  /** Makes the file of a store. */
  @FunctionalInterface
  interface Creator {
    void create() throws IOException;
  }

  private final ActorContext<Void> context;
  private final Shelf shelf;
  private final Replica replica;
  private Optional<TierHost> tier = Optional.empty();

  private CacheActor(ActorContext<Void> context, Shelf shelf, Replica replica) {
    this.context = context;
    this.shelf = shelf;
    this.replica = replica;
  }

  /**
   * @param epoch in which the parent wants to hear of it
   * @param parent hears that the file is there, or why it cannot be made
   */
  static Behavior<Void> create(
      Shelf shelf, Replica replica, long epoch, ActorRef<EngineSupervisor.Command> parent) {
    return Behaviors.setup(context -> {
      context.setLoggerName(CacheActor.class);
      CacheActor actor = new CacheActor(context, shelf, replica);
      try {
        actor.start(epoch);
      } catch (IOException refused) {
        actor.stop();
        parent.tell(new EngineSupervisor.PartEnded(
            epoch,
            new ReplicaRefused(
                "no room for " + shelf.name() + ": " + refused.getMessage(), refused)));
        return Behaviors.stopped();
      }
      parent.tell(new EngineSupervisor.CacheReady(epoch, shelf.name(), actor.tier));
      return Behaviors.receive(Void.class)
          .onSignal(PostStop.class, stop -> {
            actor.stop();
            return Behaviors.same();
          })
          .build();
    });
  }

  private void start(long epoch) throws IOException {
    if (shelf.store().isPresent()) {
      StoreFile store = shelf.store().get();
      store.creator().create();
      context.getLog().debug("{} has {} B in {}", shelf.name(), store.bytes(), store.file());
    }
    if (shelf.tier().isPresent()) {
      tier = startTier(shelf.tier().get(), epoch);
    }
  }

  /** At launch the operator hears what is wrong; later the engine rather goes on without a tier. */
  private Optional<TierHost> startTier(TierHost.Plan plan, long epoch) throws IOException {
    TierCounters counters = replica.board().tierCounters(plan.settings().kind());
    try {
      return Optional.of(TierHost.start(plan, counters));
    } catch (IOException unusable) {
      if (epoch == 1) {
        throw unusable;
      }
      context.getLog().warn("{} goes on without a tier: {}", shelf.name(), unusable.getMessage());
      return Optional.empty();
    }
  }

  private void stop() {
    tier.ifPresent(each -> {
      if (!each.close(replica.settings().replica().closeTimeout())) {
        replica.onStuckThread().accept(each.name());
      }
    });
    shelf.store().ifPresent(store -> delete(store.file()));
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException left) {
      context.getLog().warn("left {}: {}", file, left.getMessage());
    }
  }
}
