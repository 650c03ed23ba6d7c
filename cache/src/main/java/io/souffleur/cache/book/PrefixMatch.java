package io.souffleur.cache.book;

/**
 * What a walk down the tree found: reused for every walk, valid until the next one.
 *
 * <pre>
 *   0                      fullPages · pageTokens   length        walked        limit
 *   |-- full pages, shared ----|-- bytes copied ------|-- rows only --|-- nothing --|
 * </pre>
 *
 * <p>Rows between {@code length} and {@code walked} are in pages of the tree, but no state is kept where
 * a model with recurrent layers could go on from: a branching point. Owned by the engine loop.
 */
public final class PrefixMatch {
  int length;
  int walked;
  int fullPages;
  int lastFull;
  int copySource;
  int checkpoint;
  int unreadPages;

  PrefixMatch() {
    clear();
  }

  void clear() {
    length = 0;
    walked = 0;
    fullPages = 0;
    lastFull = PrefixTree.NONE;
    copySource = PrefixTree.NONE;
    checkpoint = StatePool.NONE;
    unreadPages = 0;
  }

  /** Tokens that need not be computed. */
  public int length() {
    return length;
  }

  /** Tokens whose rows are in pages of the tree, with a state or without. */
  public int walked() {
    return walked;
  }

  /** Pages that would be shared and not taken from the pool. */
  public int fullPages() {
    return fullPages;
  }

  /** Pages of those, and the one that is copied from, that nobody reads now: evictable until matched. */
  public int unreadPages() {
    return unreadPages;
  }
}
