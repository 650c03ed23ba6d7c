package io.souffleur.benchmarks.scheduling;

import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;

/** A rank that takes no time: stamps when a result is delivered and when the next plan is offered. */
final class StampingExecutor implements StepExecutor {
  private final StepResult result = new StepResult();
  private boolean waits;
  private long deliveredNanos;
  private long gapNanos;
  private long gaps;
  private int rows;

  @Override
  public boolean offer(StepPlan plan) {
    if (deliveredNanos != 0) {
      gapNanos += System.nanoTime() - deliveredNanos;
      gaps++;
    }
    rows = plan.tokenCount();
    result.reset(plan);
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runDraws(run)) {
        result.token(run, 1 + plan.runSeat(run));
      }
    }
    waits = true;
    return true;
  }

  @Override
  public int poll(StepHandler handler, int limit) {
    if (!waits) {
      return 0;
    }
    waits = false;
    deliveredNanos = System.nanoTime();
    handler.onStepResult(result);
    return 1;
  }

  /** Starts measuring anew. */
  void clear() {
    gapNanos = 0;
    gaps = 0;
  }

  /** Mean time from a result to the next offer, since {@link #clear}. */
  double meanGapMicros() {
    return gapNanos / 1e3 / Math.max(1, gaps);
  }

  /** Rows of the last step. */
  int rows() {
    return rows;
  }

  @Override
  public int depth() {
    return 1;
  }

  @Override
  public int incarnation() {
    return 1;
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void close() {}
}
