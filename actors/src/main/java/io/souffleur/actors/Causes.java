package io.souffleur.actors;

import org.apache.pekko.actor.typed.ChildFailed;

/** Finds out why a child ended. Stateless. */
final class Causes {
  private Causes() {}

  /** What the parent throws on in its turn: a refusal stays one, everything else is a loss. */
  static RuntimeException of(ChildFailed failed) {
    String child = failed.getRef().path().name();
    for (Throwable cause = failed.cause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ReplicaRefused || cause instanceof ReplicaLost) {
        return (RuntimeException) cause;
      }
    }
    return new ReplicaLost(child + " failed: " + failed.cause(), failed.cause());
  }
}
