package io.souffleur.shard;

import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;

/**
 * Steps of a replica whose rank is the engine loop's own thread: a step runs inside {@link #offer}.
 *
 * <p>Such a rank cannot die alone, so there is one incarnation. Owned by the engine loop's thread; the
 * runner belongs to whoever made it.
 */
public final class LocalStepExecutor implements StepExecutor {
  private static final int INCARNATION = 1;

  private final StepRunner runner;
  private final StepResult result = new StepResult();
  private boolean resultWaits;
  private boolean closed;

  public LocalStepExecutor(StepRunner runner) {
    this.runner = runner;
  }

  @Override
  public boolean offer(StepPlan plan) {
    if (resultWaits || closed) {
      return false;
    }
    runner.execute(plan, result);
    resultWaits = true;
    return true;
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
    return INCARNATION;
  }

  @Override
  public boolean ready() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
