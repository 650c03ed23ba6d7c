package io.souffleur.clusterconfig.launch;

import io.souffleur.clusterconfig.cli.ProcessOptions;
import io.souffleur.clusterconfig.cli.ProcessOptions.Isolation;
import io.souffleur.clusterconfig.rank.RankCommand;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.models.StepDemand;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.MemoryNeeds;
import io.souffleur.transport.TransportSettings;
import java.util.ArrayList;
import java.util.List;

/** What a model, its step buffers and its processes ask of memory, before any of it is taken. */
final class EngineNeeds {
  private EngineNeeds() {}

  /** Pages that plans have room for although the pool has fewer, because sequences may share them. */
  private static final int SHARED_PAGES_MAX = 1 << 18;

  /**
   * @param settings with the most requests that may come out of the division
   * @param tier whether pages and states travel to a tier
   */
  static MemoryNeeds of(
      ProcessOptions process,
      ServedModel model,
      CacheLayout layout,
      EngineSettings settings,
      boolean tier) {
    StepDemand step = model.summary().step();
    boolean ranksApart = process.isolation() == Isolation.PROCESS;
    List<MemoryNeeds.Other> others = new ArrayList<>();
    others.add(new MemoryNeeds.Other(
        ranksApart ? "front heap" : "heap",
        (running, pages) -> Runtime.getRuntime().maxMemory()));
    if (ranksApart) {
      others.add(new MemoryNeeds.Other("rank heap", (running, pages) -> RankCommand.heapBytes()));
      others.add(new MemoryNeeds.Other("Aeron logs", (running, pages) -> {
        int rows = running + settings.prefillRowsMax();
        return streams(rows, running, pages, settings.contextLength(), layout.pageTokens())
            .logBytes();
      }));
    }
    if (tier) {
      others.add(new MemoryNeeds.Other("tier", (running, pages) -> TierPlan.cellBytes(layout)));
    }
    return new MemoryNeeds(
        layout,
        model.summary().weightBytes(),
        model.card().contextTokens(),
        new MemoryNeeds.Step(step.rowBytes(), step.logitRowBytes(), settings.prefillRowsMax()),
        others);
  }

  /**
   * Streams for the largest plan: a repeated step names all pages of every sequence, shared ones again
   * and again.
   *
   * @throws IllegalArgumentException when no stream is large enough
   */
  static TransportSettings streams(
      int rows, int running, int pages, int contextLength, int pageTokens) {
    long named = (long) running * Math.ceilDiv(contextLength, pageTokens);
    int planned = (int) Math.min(named, Math.max(pages, SHARED_PAGES_MAX));
    return TransportSettings.fitting(rows, running, planned, (long) pages * pageTokens);
  }
}
