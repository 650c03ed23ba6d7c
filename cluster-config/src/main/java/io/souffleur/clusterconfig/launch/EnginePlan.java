package io.souffleur.clusterconfig.launch;

import com.typesafe.config.Config;
import io.souffleur.clusterconfig.cli.CacheOptions;
import io.souffleur.clusterconfig.cli.EngineOptions;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.clusterconfig.cli.ProcessOptions;
import io.souffleur.clusterconfig.rank.RankRecipe;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.MemoryBudget;
import io.souffleur.scheduler.MemoryPlan;
import io.souffleur.scheduler.MemorySettings;
import io.souffleur.scheduler.MemoryStates;
import io.souffleur.scheduler.StateStrategy;
import io.souffleur.shard.ShardLimits;
import io.souffleur.transport.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The sizes of an engine: limits of its loop, division of memory, and the recipe of its rank.
 *
 * @param runParent folder in which the run directory is made
 */
public record EnginePlan(
    EngineSettings settings, MemoryPlan memory, RankRecipe recipe, Path runParent) {

  /**
   * @param config the whole configuration, for what the command line leaves open
   * @throws LaunchError naming the flag to change when the sizes do not fit
   */
  public static EnginePlan of(LaunchOptions options, ServedModel model, Config config)
      throws LaunchError {
    Path runParent = RunDirectory.defaultParent();
    try {
      CacheLayout layout = model.summary().cache().layout(options.engine().pageTokens());
      int requestsMax = options.engine().runningRequestsMax().orElse(MemoryPlan.AUTO_RUNNING_MAX);
      MemoryPlan memory = MemoryPlan.of(
          EngineNeeds.of(
              options.process(),
              model,
              layout,
              settings(options.engine(), model, requestsMax, config),
              options.engine().cache().tier().isPresent()),
          budget(options.process(), runParent),
          asked(options.engine()));
      EngineSettings settings =
          settings(options.engine(), model, memory.maxRunningRequests(), config);
      return new EnginePlan(
          settings, memory, recipe(options.process(), model, layout, memory, settings), runParent);
    } catch (IllegalArgumentException refused) {
      throw new LaunchError(refused.getMessage());
    } catch (IOException unreadable) {
      throw new LaunchError("cannot measure memory: " + unreadable.getMessage());
    }
  }

  private static MemoryBudget budget(ProcessOptions process, Path runParent) throws IOException {
    return switch (process.isolation()) {
      case PROCESS -> MachineMemory.withStoresIn(runParent);
      case THREAD -> MachineMemory.withStoresInProcess();
    };
  }

  private static MemorySettings asked(EngineOptions options) {
    CacheOptions cache = options.cache();
    return new MemorySettings(
        options.memoryFraction(),
        options.totalTokens(),
        options.runningRequestsMax(),
        new MemoryStates(
            cache.prefixes(), cache.inPlace() ? 1 : 2, cache.stateSlots(), cache.stateRatio()));
  }

  private static EngineSettings settings(
      EngineOptions options, ServedModel model, int requestsMax, Config config) {
    Config scheduler = config.getConfig("io.souffleur.scheduler");
    CacheOptions cache = options.cache();
    return new EngineSettings(
        model.card().contextTokens(),
        requestsMax,
        options.prefillChunkTokens().orElseGet(() -> scheduler.getInt("chunked-prefill-size")),
        options.queuedRequestsMax(),
        scheduler.getLong("max-queued-tokens"),
        options.scheduling(),
        new CacheSettings(
            cache.prefixes(),
            cache.inPlace() ? StateStrategy.NO_BUFFER : StateStrategy.EXTRA_BUFFER,
            cache.trackTokens()));
  }

  private static RankRecipe recipe(
      ProcessOptions process,
      ServedModel model,
      CacheLayout layout,
      MemoryPlan memory,
      EngineSettings settings) {
    return new RankRecipe(
        model.folder(),
        model.format(),
        model.summary().computeType(),
        KernelProviders.choose(process.backend()).name(),
        process.cpuThreads().orElseGet(Runtime.getRuntime()::availableProcessors),
        CacheFolder.panels(),
        layout,
        memory.capacity(),
        ShardLimits.of(
            settings.maxRunningRequests(),
            settings.stepRowsMax(),
            settings.contextLength(),
            layout.pageTokens()));
  }
}
