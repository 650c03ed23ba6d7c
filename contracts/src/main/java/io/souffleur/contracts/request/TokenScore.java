package io.souffleur.contracts.request;

import java.util.Arrays;

/**
 * How likely a token was, drawn or of the prompt, and others at its place. Natural logarithms of
 * probabilities, negative infinity where a probability is 0; the arrays belong to the receiver.
 *
 * @param log of the token
 * @param topTokens the likeliest ids, falling, ties by rising id
 * @param topLogs of {@code topTokens}
 * @param idLogs of the ids that the request named, in its order
 */
public record TokenScore(int token, float log, int[] topTokens, float[] topLogs, float[] idLogs) {
  private static final float[] NO_LOGS = {};

  public TokenScore {
    if (topTokens.length != topLogs.length) {
      throw new IllegalArgumentException(
          topTokens.length + " top tokens with " + topLogs.length + " logarithms");
    }
  }

  /** Without further ids. */
  public TokenScore(int token, float log, int[] topTokens, float[] topLogs) {
    this(token, log, topTokens, topLogs, NO_LOGS);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenScore that
        && token == that.token
        && Float.compare(log, that.log) == 0
        && Arrays.equals(topTokens, that.topTokens)
        && Arrays.equals(topLogs, that.topLogs)
        && Arrays.equals(idLogs, that.idLogs);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * token + Float.hashCode(log)) + Arrays.hashCode(topTokens);
  }

  @Override
  public String toString() {
    return token + ": " + log + " " + Arrays.toString(topTokens) + Arrays.toString(topLogs)
        + Arrays.toString(idLogs);
  }
}
