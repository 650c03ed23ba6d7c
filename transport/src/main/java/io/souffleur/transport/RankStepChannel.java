package io.souffleur.transport;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.function.Consumer;

/**
 * The rank's end of the two streams: takes plans, sends results. Used by one thread at a time.
 */
public interface RankStepChannel extends AutoCloseable {
  /**
   * Delivers at most {@code limit} plans of this epoch and incarnation; others are dropped and counted.
   *
   * @param handler receives a plan that is reused after it returns
   * @return how many messages arrived, dropped ones included
   */
  int poll(Consumer<StepPlan> handler, int limit);

  /** Sends a result or says why not; keeps nothing of it. */
  Offer offer(StepResult result);

  /** Tells that a step failed; long messages are cut. */
  Offer offerFailure(StepId id, String message);

  /** Tells that plans may come. */
  Offer offerHello(RankHello hello);

  StepAddress address();

  /** False once the channel, or the driver under it, is closed for good. */
  boolean isOpen();

  @Override
  void close();
}
