package io.souffleur.scheduler;

import io.souffleur.contracts.tier.TierPort;

/**
 * The tier of an engine loop.
 *
 * @param port the loop's own from now on
 */
public record Tiering(TierPort port, TierLimits limits) {
  /** Nothing is kept below the caches. */
  public static final Tiering NONE = new Tiering(TierPort.NONE, TierLimits.DEFAULT);
}
