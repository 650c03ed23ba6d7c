package io.souffleur.scheduler;

import java.util.OptionalInt;

/**
 * How many recurrent-state slots are wanted, and for whom.
 *
 * @param prefixes whether states are kept for other requests, too
 * @param slotsPerRequest slots that a running request works with: 1 or 2
 * @param slots all slots, of running requests and kept ones; empty: as the ratio says
 * @param ratio with {@code prefixes}, most memory of states to memory of keys and values
 */
public record MemoryStates(boolean prefixes, int slotsPerRequest, OptionalInt slots, double ratio) {
  /** Two for each running request, none to keep. */
  public static final MemoryStates PAIRS = new MemoryStates(false, 2, OptionalInt.empty(), 1);

  public MemoryStates {
    if (slotsPerRequest < 1 || slotsPerRequest > 2) {
      throw new IllegalArgumentException(
          "a running request has 1 or 2 state slots, got " + slotsPerRequest);
    }
    if (!(ratio > 0) || Double.isInfinite(ratio)) {
      throw new IllegalArgumentException(
          "--mamba-full-memory-ratio must be positive, got " + ratio);
    }
    if (slots.isPresent() && slots.getAsInt() < slotsPerRequest) {
      throw new IllegalArgumentException("--max-mamba-cache-size " + slots.getAsInt()
          + ": a running request alone works with " + slotsPerRequest);
    }
  }

  /** The share of cache memory that states may take. */
  double share() {
    return ratio / (1 + ratio);
  }
}
