package io.souffleur.transport;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.Optional;

/**
 * What a rank says of itself once it can take plans; the front compares it with what it expects.
 *
 * @param pid process id of the rank
 * @param layout sizes of the stores the rank has mapped
 * @param capacity pages and slots the rank has mapped
 * @param fingerprint numerics fingerprint: provider, instruction form, version, weight and KV format
 * @param version version of the program the rank runs
 */
public record RankHello(
    long pid, CacheLayout layout, CacheCapacity capacity, String fingerprint, String version) {
  /** Longest {@link #fingerprint} and {@link #version}, in UTF-8 bytes. */
  public static final int TEXT_BYTES_MAX = 512;

  /**
   * Compares everything but the process id.
   *
   * @return empty when the rank fits, otherwise one sentence with both values
   */
  public Optional<String> mismatch(RankHello expected) {
    if (!version.equals(expected.version)) {
      return differ("program version", version, expected.version);
    }
    if (!fingerprint.equals(expected.fingerprint)) {
      return differ("numerics fingerprint", fingerprint, expected.fingerprint);
    }
    if (!layout.equals(expected.layout)) {
      return differ("cache layout", layout, expected.layout);
    }
    if (!capacity.equals(expected.capacity)) {
      return differ("cache capacity", capacity, expected.capacity);
    }
    return Optional.empty();
  }

  private static Optional<String> differ(String what, Object found, Object expected) {
    return Optional.of(
        "the rank has another " + what + ": expected " + expected + ", found " + found);
  }
}
