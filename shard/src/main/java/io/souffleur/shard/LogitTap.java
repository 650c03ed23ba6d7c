package io.souffleur.shard;

import io.souffleur.contracts.step.StepPlan;
import io.souffleur.tensor.Tensor;

/** Sees the logits of a step before tokens are drawn from them; off by default, for tests. */
@FunctionalInterface
interface LogitTap {
  LogitTap OFF = (plan, logits, count) -> {};

  /**
   * @param logits F32 [·, vocabulary], of which the first {@code count} rows are those of the drawing
   *     runs, in run order; valid during the call
   */
  void onLogits(StepPlan plan, Tensor logits, int count);

  /**
   * Logits of a group of prompt rows, which come after those of {@link #onLogits}.
   *
   * @param logits F32 [·, vocabulary]; row {@code i} predicts position {@code positions[i]} of the
   *     sequence of run {@code runs[i]}; valid during the call
   */
  default void onPromptLogits(
      StepPlan plan, Tensor logits, int[] runs, int[] positions, int count) {}
}
