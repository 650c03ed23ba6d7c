package io.souffleur.transport;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepResult;

/** Front side: what comes up from a rank, in order. Called by the thread that polls. */
public interface ResultListener {
  /** The rank can take plans. */
  void onHello(RankHello hello);

  /** A step is done; {@code result} is reused after this returns. */
  void onResult(StepResult result);

  /** A step failed; the rank ends itself right after. */
  void onFailed(StepId id, String message);
}
