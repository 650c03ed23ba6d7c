package io.souffleur.cache.book;

/**
 * What holdings read of the tree: taken at a match, let go of after the first step, left at the end. Owned
 * by the engine loop.
 */
final class HoldingReads {
  private final PagePool pages;
  private final PrefixTree tree;
  private final Checkpoints checkpoints;

  HoldingReads(PagePool pages, PrefixTree tree, Checkpoints checkpoints) {
    this.pages = pages;
    this.tree = tree;
    this.checkpoints = checkpoints;
  }

  /** An empty holding reads what was found. */
  void take(CacheHolding holding, PrefixMatch found) {
    holding.pathCount = found.fullPages;
    holding.pageCount = found.fullPages;
    holding.matchedPages = found.fullPages;
    holding.matchedTokens = found.length;
    holding.committedTokens = found.length;
    int node = found.lastFull;
    for (int i = found.fullPages - 1; i >= 0; i--) {
      holding.path[i] = node;
      holding.pages[i] = node;
      tree.read(node);
      node = tree.above(node);
    }
    if (found.copySource != PrefixTree.NONE) {
      tree.read(found.copySource);
      holding.copySource = found.copySource;
    }
    if (found.checkpoint != Checkpoints.NONE) {
      checkpoints.lock(found.checkpoint);
      holding.borrowed = found.checkpoint;
    }
  }

  /** State and page that only the first step reads. */
  void letGo(CacheHolding holding) {
    if (holding.borrowed != CacheHolding.NO_SLOT) {
      checkpoints.unlock(holding.borrowed);
      holding.borrowed = CacheHolding.NO_SLOT;
    }
    if (holding.copySource != PrefixTree.NONE) {
      tree.leave(holding.copySource);
      holding.copySource = PrefixTree.NONE;
    }
  }

  /** Everything that the holding has put into the tree, and what is below it, is not found any more. */
  void kill(CacheHolding holding) {
    checkpoints.dropOrigin(holding.serial);
    int first = holding.matchedPages;
    while (first < holding.pathCount && holding.path[first] != holding.pages[first]) {
      first++;
    }
    if (first < holding.pathCount) {
      tree.kill(holding.path[first]);
    } else if (holding.tail != PrefixTree.NONE) {
      tree.kill(holding.tail);
    }
  }

  /** The holding reads nothing any more, and its own pages are free: from its end on. */
  void leaveAll(CacheHolding holding) {
    letGo(holding);
    int ownTail = holding.tail;
    if (ownTail != PrefixTree.NONE) {
      tree.leave(ownTail);
    }
    for (int i = holding.pageCount - 1; i >= 0; i--) {
      boolean follows = i < holding.pathCount;
      if (follows) {
        tree.leave(holding.path[i]);
      }
      if (!(follows && holding.path[i] == holding.pages[i]) && holding.pages[i] != ownTail) {
        pages.release(holding.pages[i], holding.number);
      }
    }
  }

  /** Pages of the holding that nobody else reads. */
  int pagesOfItsOwn(CacheHolding holding) {
    int shared = 0;
    for (int i = 0; i < holding.pathCount; i++) {
      boolean mine = tree.readers(holding.path[i]) == 1;
      shared += holding.path[i] == holding.pages[i] && !mine ? 1 : 0;
    }
    return holding.pageCount - shared;
  }

  /** Puts the full pages of a walk into the holding, which reads them from then on; states are left. */
  PathVisitor fullPagesInto(CacheHolding holding, int pageTokens) {
    return new PathVisitor() {
      @Override
      public boolean onPage(int page, int start, int count) {
        if (count == pageTokens) {
          tree.read(page);
          holding.path[holding.pathCount++] = page;
          holding.pages[holding.pageCount++] = page;
        }
        return count == pageTokens;
      }

      @Override
      public void onState(int slot, int position, boolean hinted) {
        // Rows only.
      }
    };
  }
}
