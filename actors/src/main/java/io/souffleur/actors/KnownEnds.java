package io.souffleur.actors;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Turns an end whose reason is known into a message to the parent and a stop: an exception would do the
 * same, but a known reason deserves one line in the log and no stack trace. Stateless.
 */
final class KnownEnds {
  private KnownEnds() {}

  /** The behaviour that {@code setup} makes, or a stop after {@code parent} was told why. */
  static <T> Behavior<T> inSetup(Consumer<RuntimeException> parent, Callable<Behavior<T>> setup)
      throws Exception {
    try {
      return setup.call();
    } catch (ReplicaRefused | ReplicaLost end) {
      parent.accept(end);
      return Behaviors.stopped();
    }
  }

  /** {@code same} after {@code handler} has run, or a stop after {@code parent} was told why. */
  static <T> Behavior<T> inHandler(
      Consumer<RuntimeException> parent, Behavior<T> same, Runnable handler) {
    try {
      handler.run();
      return same;
    } catch (ReplicaRefused | ReplicaLost end) {
      parent.accept(end);
      return Behaviors.stopped();
    }
  }
}
