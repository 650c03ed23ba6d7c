package io.souffleur.multimodal.source;

import java.time.Duration;

/**
 * How long decoding goes on.
 *
 * @param timeout for one image, from its first byte to its last patch, waiting for memory included
 * @param stuckMax decoders that did not end when told to; from then on images are refused
 */
public record DecodeLimits(Duration timeout, int stuckMax) {
  /** 10 s, and 4 stuck decoders. */
  public static final DecodeLimits DEFAULT = new DecodeLimits(Duration.ofSeconds(10), 4);

  public DecodeLimits {
    if (timeout.toMillis() < 1 || stuckMax < 1) {
      throw new IllegalArgumentException(
          "timeout " + timeout + ", stuckMax " + stuckMax + ": at least 1 ms and 1 are expected");
    }
  }
}
