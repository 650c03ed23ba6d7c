package io.souffleur.scheduler;

import io.souffleur.contracts.request.TokenScore;
import io.souffleur.contracts.step.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Scores of a run, copied out of a result that will be reused. */
final class Scores {
  private Scores() {}

  /**
   * Scores of the token that a run drew.
   *
   * @param namedIds ids that the request named, whose scores come last
   * @throws IllegalStateException if the rank did not score the run's token
   */
  static TokenScore of(StepResult result, int run, int namedIds) {
    int first = 0;
    while (first < result.scoreCount() && result.scoreRun(first) < run) {
      first++;
    }
    int end = first;
    while (end < result.scoreCount() && result.scoreRun(end) == run) {
      end++;
    }
    if (end - first <= namedIds || result.scoreToken(first) != result.token(run)) {
      throw new IllegalStateException("run " + run + " drew " + result.token(run) + " and has "
          + (end - first) + " scores, not its own first");
    }
    return copy(first, end, namedIds, result::scoreToken, result::scoreLog);
  }

  /**
   * Scores of the places that a run scored in its prompt, in the order of their positions, which follow
   * on each other.
   *
   * @throws IllegalStateException if they are not those of [from, end)
   */
  static List<TokenScore> ofPrompt(StepResult result, int run, int from, int end, int namedIds) {
    int at = 0;
    while (at < result.promptScoreCount() && result.promptScoreRun(at) < run) {
      at++;
    }
    List<TokenScore> scores = new ArrayList<>(end - from);
    for (int position = from; position < end; position++) {
      int first = at;
      while (at < result.promptScoreCount()
          && result.promptScoreRun(at) == run
          && result.promptScorePosition(at) == position) {
        at++;
      }
      if (at - first <= namedIds) {
        throw new IllegalStateException("run " + run + " has " + (at - first)
            + " scores for position " + position + " of [" + from + ", " + end + ")");
      }
      scores.add(copy(first, at, namedIds, result::promptScoreToken, result::promptScoreLog));
    }
    return scores;
  }

  /** A log-probability by its index. */
  private interface Logs {
    float at(int index);
  }

  private static TokenScore copy(
      int first, int end, int namedIds, IntUnaryOperator tokens, Logs logs) {
    int[] top = new int[end - first - 1 - namedIds];
    float[] topLogs = new float[top.length];
    for (int i = 0; i < top.length; i++) {
      top[i] = tokens.applyAsInt(first + 1 + i);
      topLogs[i] = logs.at(first + 1 + i);
    }
    float[] idLogs = new float[namedIds];
    for (int i = 0; i < namedIds; i++) {
      idLogs[i] = logs.at(end - namedIds + i);
    }
    return new TokenScore(tokens.applyAsInt(first), logs.at(first), top, topLogs, idLogs);
  }
}
