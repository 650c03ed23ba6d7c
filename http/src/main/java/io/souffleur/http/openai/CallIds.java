package io.souffleur.http.openai;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Ids of tool calls: {@code call_} and 24 hexadecimal digits. As safe for threads as its
 * generator.
 */
public final class CallIds {
  private static final int RANDOM_BYTES = 12;

  private final RandomGenerator random;

  public CallIds(RandomGenerator random) {
    this.random = random;
  }

  public String next() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return "call_" + HexFormat.of().formatHex(bytes);
  }
}
