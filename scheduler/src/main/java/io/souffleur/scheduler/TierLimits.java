package io.souffleur.scheduler;

import java.time.Duration;

/**
 * How much the tier may move, and how long a newcomer waits for it.
 *
 * @param exportBytesMax a step copies out no more once it moves so many bytes, but one page or state
 * @param importBytesMax a step copies in no more once it moves so many bytes, but one page or state
 * @param restoreTokensMin a newcomer waits only if it has so many tokens less to compute then
 * @param restoreTimeout when so long nothing of it came, it waits no longer and computes
 * @param restoresMax prefixes that are brought back at the same time
 * @param hintSpacing of states that somebody gave a hint for, one in so many tokens goes out: computing
 *     fewer is cheaper than keeping one more
 * @param stateSpacing of states that nobody gave a hint for, one in so many tokens goes out
 */
public record TierLimits(
    long exportBytesMax,
    long importBytesMax,
    int restoreTokensMin,
    Duration restoreTimeout,
    int restoresMax,
    int hintSpacing,
    int stateSpacing) {
  public static final TierLimits DEFAULT =
      new TierLimits(16L << 20, 64L << 20, 64, Duration.ofSeconds(2), 8, 32, 512);

  public TierLimits {
    if (exportBytesMax < 1
        || importBytesMax < 1
        || restoreTokensMin < 1
        || restoreTimeout.isNegative()
        || restoresMax < 1
        || hintSpacing < 1
        || stateSpacing < 1) {
      throw new IllegalArgumentException("tier limits must be positive, got " + exportBytesMax
          + " B out and " + importBytesMax + " B in per step, " + restoreTokensMin + " tokens, "
          + restoreTimeout + ", " + restoresMax + " restores, a state in " + hintSpacing + " or "
          + stateSpacing + " tokens");
    }
  }
}
