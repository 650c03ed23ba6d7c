package io.souffleur.contracts.step;

/** Receives finished steps, in order. */
@FunctionalInterface
public interface StepHandler {
  /** {@code result} is reused by the caller after this returns. */
  void onStepResult(StepResult result);
}
