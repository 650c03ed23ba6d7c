package io.souffleur.scheduler;

import io.souffleur.contracts.request.TokenScore;
import io.souffleur.contracts.step.StepResult;

/** Scores of a run, copied out of a result that will be reused. */
final class Scores {
  private Scores() {}

  /** @throws IllegalStateException if the rank did not score the run's token */
  static TokenScore of(StepResult result, int run) {
    int first = 0;
    while (first < result.scoreCount() && result.scoreRun(first) < run) {
      first++;
    }
    int end = first;
    while (end < result.scoreCount() && result.scoreRun(end) == run) {
      end++;
    }
    if (first == end || result.scoreToken(first) != result.token(run)) {
      throw new IllegalStateException("run " + run + " drew " + result.token(run) + " and has "
          + (end - first) + " scores, not its own first");
    }
    int[] tokens = new int[end - first - 1];
    float[] logs = new float[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = result.scoreToken(first + 1 + i);
      logs[i] = result.scoreLog(first + 1 + i);
    }
    return new TokenScore(result.scoreToken(first), result.scoreLog(first), tokens, logs);
  }
}
