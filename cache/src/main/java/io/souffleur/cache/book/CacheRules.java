package io.souffleur.cache.book;

/**
 * How a book keeps its memory.
 *
 * @param prefixes whether what sequences computed is kept for others
 * @param slotsPerHolding 2: a step writes another slot than it reads and can run again; 1: it works in
 *     place
 */
public record CacheRules(boolean prefixes, int slotsPerHolding) {
  /** Nothing is kept, and any step can run again. */
  public static final CacheRules NO_PREFIXES = new CacheRules(false, 2);

  public CacheRules {
    if (slotsPerHolding < 1 || slotsPerHolding > 2) {
      throw new IllegalArgumentException(
          "a sequence has 1 or 2 state slots, got " + slotsPerHolding);
    }
  }
}
