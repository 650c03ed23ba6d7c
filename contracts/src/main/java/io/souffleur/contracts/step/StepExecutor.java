package io.souffleur.contracts.step;

/**
 * Executes planned steps in order. Non-blocking towards a remote rank; a local executor runs the step
 * inside {@link #offer}. Driven by the engine loop's thread alone.
 */
public interface StepExecutor extends AutoCloseable {
  /**
   * Takes the plan, or refuses because {@link #depth} steps are in flight or no rank is ready. The
   * executor does not keep the plan after it returns.
   */
  boolean offer(StepPlan plan);

  /** Delivers finished steps in order; returns how many. Results of an older incarnation are dropped. */
  int poll(StepHandler handler, int limit);

  /** Steps that may be in flight: 1 for a single stage. */
  int depth();

  /**
   * Incarnation of the rank that plans go to now. It grows when a rank was replaced and knows no seat any
   * more: the engine loop then offers the steps in flight again, with every seat admitted anew.
   */
  int incarnation();

  /** False while no rank answers (starting, or being replaced). */
  boolean ready();

  @Override
  void close();
}
