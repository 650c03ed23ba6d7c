package io.souffleur.cache.tier;

import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierKind;
import java.nio.file.Path;

/**
 * What one store keeps, and how much of it.
 *
 * @param folder made with mode 0700 if it does not exist
 * @param key files of another key are foreign
 * @param payloadBytes of every record: of a page, or of a slot
 * @param bytesMax of all files of this kind in the folder, foreign ones included
 */
public record TierSettings(
    Path folder, TierKind kind, PrefixDigest key, long payloadBytes, long bytesMax) {
  /** So many segments make a full store: one is what goes at a time when room is needed. */
  static final int SEGMENTS = 16;

  /** A segment takes no further record once it has so many bytes. */
  private static final long SEGMENT_BYTES_MAX = 256L << 20;

  public TierSettings {
    if (payloadBytes < 1 || payloadBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a " + kind.label() + " record needs from 1 to 2^31 − 1 B, got " + payloadBytes);
    }
    if (bytesMax < 1) {
      throw new IllegalArgumentException("the " + kind.label() + " tier has no room: " + bytesMax);
    }
  }

  /** Size from which on a segment is full. */
  long segmentBytes() {
    return Math.clamp(bytesMax / SEGMENTS, 1, SEGMENT_BYTES_MAX);
  }
}
