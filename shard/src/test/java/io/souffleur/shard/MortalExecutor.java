package io.souffleur.shard;

import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A rank in this thread that dies now and then: before a step, after it, or in the middle, which leaves
 * NaN in every slot that the step was writing. Its successor has new buffers and the same shelves.
 */
final class MortalExecutor implements StepExecutor {
  private final Supplier<ShardRuntime> successor;
  private final StateStore states;
  private final Random random;
  private final int deathOneIn;
  private final StepResult result = new StepResult();
  private ShardRuntime rank;
  private int incarnation = 1;
  private boolean resultWaits;
  private int deaths;

  /** @param deathOneIn one step in so many is fatal, 0 none */
  MortalExecutor(
      Supplier<ShardRuntime> successor, StateStore states, Random random, int deathOneIn) {
    this.successor = successor;
    this.states = states;
    this.random = random;
    this.deathOneIn = deathOneIn;
    rank = successor.get();
  }

  @Override
  public boolean offer(StepPlan plan) {
    if (resultWaits) {
      return false;
    }
    if (deathOneIn > 0 && random.nextInt(deathOneIn) == 0) {
      die(plan);
    } else {
      rank.execute(plan, result);
      resultWaits = true;
    }
    return true;
  }

  private void die(StepPlan plan) {
    int moment = random.nextInt(3);
    if (moment > 0) {
      rank.execute(plan, result);
    }
    if (moment == 1) {
      for (int run = 0; run < plan.runCount(); run++) {
        states.slot(plan.runWriteSlot(run)).fill((byte) 0xFF);
      }
    }
    rank.close();
    rank = successor.get();
    incarnation++;
    deaths++;
  }

  int deaths() {
    return deaths;
  }

  @Override
  public int poll(StepHandler handler, int limit) {
    if (!resultWaits) {
      return 0;
    }
    resultWaits = false;
    handler.onStepResult(result);
    return 1;
  }

  @Override
  public int depth() {
    return 1;
  }

  @Override
  public int incarnation() {
    return incarnation;
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void close() {
    rank.close();
  }
}
