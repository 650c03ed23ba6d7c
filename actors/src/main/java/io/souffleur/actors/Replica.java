package io.souffleur.actors;

import io.souffleur.actors.ReplicaParts.InThread;
import io.souffleur.contracts.tier.TierKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
  ReplicaParts.OpenedRank openLocal(long epoch, List<TierHost> tiers) {
    if (!(parts.supply() instanceof InThread thread)) {
      throw new IllegalStateException("the rank of replica " + number + " is a process");
    }
    ReplicaParts.OpenedRank opened;
    try {
      opened = thread.opener().open(epoch);
    } catch (Exception refused) {
      throw new ReplicaRefused("cannot load the model: " + refused.getMessage(), refused);
    }
    connect(opened, tiers);
    return opened;
  }

  private static void connect(ReplicaParts.OpenedRank opened, List<TierHost> tiers) {
    if (tiers.isEmpty()) {
      return;
    }
    Map<TierKind, Path> files = new EnumMap<>(TierKind.class);
    tiers.forEach(tier -> files.put(tier.shelf().kind(), tier.cells()));
    try {
      opened.cells().connect(files);
    } catch (IOException refused) {
      opened.executor().close();
      opened.release().run();
      throw new ReplicaRefused("cannot open the cells: " + refused.getMessage(), refused);
    }
  }
}
