package io.souffleur.clusterconfig.launch;

import io.souffleur.actors.ReplicaParts;
import io.souffleur.actors.TierParts;
import io.souffleur.clusterconfig.Version;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ProcessOptions.Isolation;
import io.souffleur.clusterconfig.rank.LoadedRank;
import io.souffleur.clusterconfig.rank.RankCommand;
import io.souffleur.clusterconfig.rank.RankRecipe;
import io.souffleur.shard.LocalStepExecutor;
import io.souffleur.shard.StepRunner;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a plan into what the actors build replicas from. */
public final class EngineParts {
  private static final Logger LOG = LoggerFactory.getLogger(EngineParts.class);

  private EngineParts() {}

  /** Without a tier below the caches. */
  public static ReplicaParts of(EnginePlan plan, Isolation isolation, String fingerprint)
      throws LaunchError {
    return of(plan, isolation, fingerprint, Optional.empty());
  }

  /** @param fingerprint what every rank of the recipe must answer */
  public static ReplicaParts of(
      EnginePlan plan, Isolation isolation, String fingerprint, Optional<TierParts> tier)
      throws LaunchError {
    RankRecipe recipe = plan.recipe();
    return new ReplicaParts(
        plan.settings(),
        recipe.layout(),
        recipe.capacity(),
        switch (isolation) {
          case THREAD -> new ReplicaParts.InThread(epoch -> openLocal(recipe));
          case PROCESS ->
            new ReplicaParts.InProcess(
                seat -> RankCommand.of(seat, recipe),
                new RankHello(0, recipe.layout(), recipe.capacity(), fingerprint, Version.text()),
                plan.runParent(),
                transport(plan));
        },
        tier);
  }

  /** A rank needs no word of it: it takes plans of whatever size their stream has. */
  private static TransportSettings transport(EnginePlan plan) throws LaunchError {
    try {
      return EngineNeeds.streams(
          plan.settings().stepRowsMax(),
          plan.settings().maxRunningRequests(),
          plan.recipe().capacity().pages(),
          plan.settings().contextLength(),
          plan.recipe().layout().pageTokens());
    } catch (IllegalArgumentException tooLarge) {
      throw new LaunchError(tooLarge.getMessage());
    }
  }

  private static ReplicaParts.OpenedRank openLocal(RankRecipe recipe) throws IOException {
    LoadedRank rank = LoadedRank.inMemory(recipe);
    return new ReplicaParts.OpenedRank(
        new LocalStepExecutor(rank.runner(), failure -> renewed(rank, failure)),
        rank::close,
        rank::connect);
  }

  private static StepRunner renewed(LoadedRank rank, Throwable failure) {
    LOG.warn("a step failed; its rank is made anew and gets it again", failure);
    try {
      return rank.renew();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("the rank cannot be loaded again", unreadable);
    }
  }
}
