package io.souffleur.actors;

import io.souffleur.actors.ReplicaParts.InThread;
import java.util.function.Consumer;

/**
 * What the actors of one replica share: its number, its parts, its limits. Immutable.
 *
 * @param number index of the replica, from 0
 * @param onStuckThread called with a thread's name when it cannot be ended; ends the process in earnest
 */
record Replica(
    int number,
    ReplicaParts parts,
    ActorsSettings settings,
    EngineBoard board,
    Consumer<String> onStuckThread) {
  ReplicaParts.OpenedRank openLocal(long epoch) {
    if (!(parts.supply() instanceof InThread thread)) {
      throw new IllegalStateException("the rank of replica " + number + " is a process");
    }
    try {
      return thread.opener().open(epoch);
    } catch (Exception refused) {
      throw new ReplicaRefused("cannot load the model: " + refused.getMessage(), refused);
    }
  }
}
