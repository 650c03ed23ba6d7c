package io.souffleur.shard;

import io.souffleur.transport.RankHello;

/**
 * A rank that is loaded and can take plans.
 *
 * @param runner executes its steps
 * @param hello what the front must agree with
 */
public record Rank(StepRunner runner, RankHello hello) {
  /** Loads a rank inside the rank's process: weights, stores, kernels. */
  @FunctionalInterface
  public interface Loader {
    /**
     * @throws Exception when this rank can never run here; the message is the reason that the front
     *     reports, and no second attempt is made
     */
    Rank load(RankSeat seat) throws Exception;
  }
}
