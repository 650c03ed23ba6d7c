package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheRules;

/**
 * What is kept of sequences for others with the same prefix.
 *
 * @param enabled whether anything is
 * @param strategy slots of a running sequence, of models with recurrent layers
 * @param trackInterval a state is kept every so many tokens, at least 1
 */
public record CacheSettings(boolean enabled, StateStrategy strategy, int trackInterval) {
  public static final int TRACK_INTERVAL_DEFAULT = 256;

  /** Nothing is kept. */
  public static final CacheSettings OFF =
      new CacheSettings(false, StateStrategy.EXTRA_BUFFER, TRACK_INTERVAL_DEFAULT);

  /** Everything is kept that there is room for. */
  public static final CacheSettings ON =
      new CacheSettings(true, StateStrategy.EXTRA_BUFFER, TRACK_INTERVAL_DEFAULT);

  public CacheSettings {
    if (trackInterval < 1) {
      throw new IllegalArgumentException(
          "mamba-track-interval must be at least 1, got " + trackInterval);
    }
  }

  /** What the book needs to know of it. */
  public CacheRules rules() {
    return new CacheRules(enabled, strategy.slotsPerSequence());
  }
}
