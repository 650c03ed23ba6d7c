package io.souffleur.shard;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A rank in this thread that dies now and then: before a step, after it, or in the middle, which leaves
 * NaN in every slot that the step was writing and in every page that it copied to. Its successor has new
 * buffers and the same shelves.
 */
final class MortalExecutor implements StepExecutor {
  private final Supplier<ShardRuntime> successor;
  private final KvStore kv;
  private final StateStore states;
  private final Random random;
  private final int deathOneIn;
  private final StepResult result = new StepResult();
  private ShardRuntime rank;
  private Consumer<StepPlan> spoilsMore = plan -> {};
  private int incarnation = 1;
  private boolean resultWaits;
  private int deaths;

  /** @param deathOneIn one step in so many is fatal, 0 none */
  MortalExecutor(
      Supplier<ShardRuntime> successor,
      KvStore kv,
      StateStore states,
      Random random,
      int deathOneIn) {
    this.successor = successor;
    this.kv = kv;
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
      spoil(plan);
    }
    rank.close();
    rank = successor.get();
    incarnation++;
    deaths++;
  }

  /** Also ruins what the step was writing elsewhere. */
  void spoilsMore(Consumer<StepPlan> more) {
    spoilsMore = more;
  }

  private void spoil(StepPlan plan) {
    spoilsMore.accept(plan);
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runWriteSlot(run) != StepPlan.NO_SLOT) {
        states.slot(plan.runWriteSlot(run)).fill((byte) 0xFF);
      }
    }
    for (int i = 0; i < plan.checkpointCount(); i++) {
      states.slot(plan.checkpointSlot(i)).fill((byte) 0xFF);
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      kv.page(plan.copiedTo(i)).fill((byte) 0xFF);
    }
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
