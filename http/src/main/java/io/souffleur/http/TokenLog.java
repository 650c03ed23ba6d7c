package io.souffleur.http;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.Arrays;

/**
 * The tokens generated so far, and how much of the prompt is scored: what is needed to go on elsewhere.
 * Owned by one session.
 */
final class TokenLog {
  private int[] tokens = new int[64];
  private int count;
  private int scoredPlaces;

  void add(int token) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * count);
    }
    tokens[count++] = token;
  }

  /** So many more places of the prompt are scored. */
  void scored(int places) {
    scoredPlaces += places;
  }

  /** What the engine is to draw and to score from here on. */
  SamplingSpec rest(SamplingSpec whole) {
    if (scoredPlaces == 0) {
      return whole;
    }
    ScoreSpec scores = whole.scores();
    return whole.withScores(scores.from(scores.promptFrom() + scoredPlaces));
  }

  int count() {
    return count;
  }

  int[] copy() {
    return Arrays.copyOf(tokens, count);
  }
}
