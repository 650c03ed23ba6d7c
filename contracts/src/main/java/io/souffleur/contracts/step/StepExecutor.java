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

  /**
   * Whether the rank of an earlier incarnation ended by its own doing (a crash, an exception, out of
   * memory). The step it had is under suspicion then; after an end that came from outside it is not.
   */
  default boolean crashed(int endedIncarnation) {
    return false;
  }

  /** A crash was put down to one request, which is refused now: it no longer speaks against the rank. */
  default void crashExplained() {}

  @Override
  void close();
}
