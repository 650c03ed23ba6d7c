package io.souffleur.contracts.memory;

/**
 * Sizes of the two stores that a model's layers share.
 *
 * @param pageTokens positions that one KV page holds
 * @param pageBytes bytes of one page over all attention layers of the rank; a multiple of 64
 * @param slotBytes bytes of one recurrent-state slot over all recurrent layers of the rank, 0 for
 *     models without such layers; a multiple of 64
 */
public record CacheLayout(int pageTokens, long pageBytes, long slotBytes) {
  public CacheLayout {
    if (pageTokens < 1
        || pageBytes < 0
        || slotBytes < 0
        || pageBytes % 64 != 0
        || slotBytes % 64 != 0) {
      throw new IllegalArgumentException("cache layout of " + pageTokens + " tokens, " + pageBytes
          + " B pages, " + slotBytes + " B slots");
    }
  }
}
