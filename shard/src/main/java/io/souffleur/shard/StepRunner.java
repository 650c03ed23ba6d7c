package io.souffleur.shard;

import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;

/** Executes one step on the calling thread: what a rank is, seen from its loop. */
@FunctionalInterface
public interface StepRunner {
  /**
   * Applies the plan and fills {@code result}. An exception ends the rank; its state may be half
   * changed, which a repeated step does not notice.
   */
  void execute(StepPlan plan, StepResult result);
}
