package io.souffleur.http;

import java.util.Arrays;

/** The tokens generated so far: what is needed to go on elsewhere. Owned by one session. */
final class TokenLog {
  private int[] tokens = new int[64];
  private int count;

  void add(int token) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * count);
    }
    tokens[count++] = token;
  }

  int count() {
    return count;
  }

  int[] copy() {
    return Arrays.copyOf(tokens, count);
  }
}
