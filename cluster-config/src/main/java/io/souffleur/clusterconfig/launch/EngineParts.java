package io.souffleur.clusterconfig.launch;

import io.souffleur.actors.ReplicaParts;
import io.souffleur.clusterconfig.Version;
import io.souffleur.clusterconfig.cli.ProcessOptions.Isolation;
import io.souffleur.clusterconfig.rank.LoadedRank;
import io.souffleur.clusterconfig.rank.RankCommand;
import io.souffleur.clusterconfig.rank.RankRecipe;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.shard.LocalStepExecutor;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;

/** Turns a plan into what the actors build replicas from. */
public final class EngineParts {
  private EngineParts() {}

  /** @param fingerprint what every rank of the recipe must answer */
  public static ReplicaParts of(EnginePlan plan, Isolation isolation, String fingerprint) {
    RankRecipe recipe = plan.recipe();
    return new ReplicaParts(
        plan.settings(),
        recipe.layout(),
        recipe.capacity(),
        switch (isolation) {
          case THREAD -> new ReplicaParts.InThread(epoch -> new OwnedRank(recipe));
          case PROCESS -> new ReplicaParts.InProcess(
              seat -> RankCommand.of(seat, recipe),
              new RankHello(
                  0, recipe.layout(), recipe.capacity(), fingerprint, Version.text()),
              plan.runParent(),
              TransportSettings.DEFAULT);
        });
  }

  /** A rank on the engine loop's thread that is given back with its executor. */
  private static final class OwnedRank implements StepExecutor {
    private final LoadedRank rank;
    private final LocalStepExecutor executor;

    OwnedRank(RankRecipe recipe) throws IOException {
      rank = LoadedRank.inMemory(recipe);
      executor = new LocalStepExecutor(rank.runner());
    }

    @Override
    public boolean offer(StepPlan plan) {
      return executor.offer(plan);
    }

    @Override
    public int poll(StepHandler handler, int limit) {
      return executor.poll(handler, limit);
    }

    @Override
    public int depth() {
      return executor.depth();
    }

    @Override
    public int incarnation() {
      return executor.incarnation();
    }

    @Override
    public boolean ready() {
      return executor.ready();
    }

    @Override
    public void close() {
      executor.close();
      rank.close();
    }
  }
}
