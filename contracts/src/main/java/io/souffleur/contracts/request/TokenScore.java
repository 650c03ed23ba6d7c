package io.souffleur.contracts.request;

import java.util.Arrays;

/**
 * How likely a drawn token was, and which were the likeliest at its place. Natural logarithms of
 * probabilities, negative infinity where a probability is 0; the arrays belong to the receiver.
 *
 * @param log of the drawn token
 * @param topTokens the likeliest ids, falling, ties by rising id
 * @param topLogs of {@code topTokens}
 */
public record TokenScore(int token, float log, int[] topTokens, float[] topLogs) {
  public TokenScore {
    if (topTokens.length != topLogs.length) {
      throw new IllegalArgumentException(
          topTokens.length + " top tokens with " + topLogs.length + " logarithms");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenScore that
        && token == that.token
        && Float.compare(log, that.log) == 0
        && Arrays.equals(topTokens, that.topTokens)
        && Arrays.equals(topLogs, that.topLogs);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * token + Float.hashCode(log)) + Arrays.hashCode(topTokens);
  }

  @Override
  public String toString() {
    return token + ": " + log + " " + Arrays.toString(topTokens) + Arrays.toString(topLogs);
  }
}
