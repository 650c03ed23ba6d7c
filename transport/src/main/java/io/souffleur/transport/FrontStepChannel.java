package io.souffleur.transport;

import io.souffleur.contracts.step.StepPlan;

/**
 * The engine's end of the two streams to one incarnation of one rank: plans down, results up.
 *
 * <p>Used by one thread at a time. Messages of another epoch or incarnation are dropped and counted.
 */
public interface FrontStepChannel extends AutoCloseable {
  /** Sends the plan or says why not; keeps nothing of it. */
  Offer offer(StepPlan plan);

  /** Delivers at most {@code limit} messages; returns how many arrived, dropped ones included. */
  int poll(ResultListener listener, int limit);

  /** Epoch, rank and incarnation of the other end. */
  StepAddress address();

  /** False once the channel, or the driver under it, is closed for good. */
  boolean isOpen();

  @Override
  void close();
}
