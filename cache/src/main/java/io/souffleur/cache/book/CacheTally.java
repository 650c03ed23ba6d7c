package io.souffleur.cache.book;

/** What the prefix cache did so far; totals that only grow. Written and read by the engine loop. */
public final class CacheTally {
  long hits;
  long hitTokens;
  long pagesCopied;
  long pagesEvicted;
  long checkpointsStored;
  long checkpointsEvicted;

  CacheTally() {}

  /** Sequences whose first step began after a cached prefix. */
  public long hits() {
    return hits;
  }

  /** Tokens of those prefixes. */
  public long hitTokens() {
    return hitTokens;
  }

  /** Pages whose bytes were copied, because a prefix ended inside one. */
  public long pagesCopied() {
    return pagesCopied;
  }

  /** Cached pages that gave way. */
  public long pagesEvicted() {
    return pagesEvicted;
  }

  /** States that were kept. */
  public long checkpointsStored() {
    return checkpointsStored;
  }

  /** Kept states that gave way, on their own or with their page. */
  public long checkpointsEvicted() {
    return checkpointsEvicted;
  }

  /** The first commit behind a match is what makes it a hit. */
  void commits(CacheHolding holding) {
    if (holding.matchedTokens > 0 && holding.committedTokens == holding.matchedTokens) {
      hits++;
      hitTokens += holding.matchedTokens;
      pagesCopied += holding.copySource == PrefixTree.NONE ? 0 : 1;
    }
  }
}
