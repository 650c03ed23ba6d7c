package io.souffleur.cache.book;

/** Counts anew what holdings have and read, and compares it with what pools and tree say. Allocates. */
final class BookAudit {
  private final PagePool pages;
  private final StatePool slots;
  private final int[] readers;
  private final int[] locks;
  private int pagesHeld;
  private int slotsHeld;

  BookAudit(PagePool pages, StatePool slots) {
    this.pages = pages;
    this.slots = slots;
    readers = new int[pages.total()];
    locks = new int[slots.total()];
  }

  void count(CacheHolding holding) {
    for (int i = 0; i < holding.pathCount; i++) {
      readers[holding.path[i]]++;
    }
    countReader(holding.tail);
    countReader(holding.copySource);
    for (int i = 0; i < holding.pageCount; i++) {
      int page = holding.pages[i];
      boolean shared = (i < holding.pathCount && holding.path[i] == page) || page == holding.tail;
      pages.checkOwned(page, shared ? NumberPool.TREE : holding.number);
      pagesHeld += shared ? 0 : 1;
    }
    if (holding.borrowed != CacheHolding.NO_SLOT) {
      locks[holding.borrowed]++;
    }
    countSlots(holding);
  }

  private void countReader(int node) {
    if (node != PrefixTree.NONE) {
      readers[node]++;
    }
  }

  private void countSlots(CacheHolding holding) {
    for (int i = 0; i < holding.plannedCheckpoints(); i++) {
      slots.checkOwned(holding.plannedSlot(i), holding.number);
    }
    checkSlot(holding.spare, holding.number);
    checkSlot(holding.committed, holding.number);
    checkSlot(holding.idle, holding.number);
    slotsHeld += holding.slotsOwned();
  }

  private void checkSlot(int slot, int owner) {
    if (slot != CacheHolding.NO_SLOT) {
      slots.checkOwned(slot, owner);
    }
  }

  void compare(PrefixTree tree, Checkpoints checkpoints) {
    tree.checkIntegrity(readers);
    checkpoints.checkIntegrity(locks);
    if (pagesHeld + tree.nodeCount() != pages.used()
        || slotsHeld + checkpoints.count() != slots.used()) {
      throw new IllegalStateException("holdings have " + pagesHeld + " pages and " + slotsHeld
          + " slots, the tree has " + tree.nodeCount() + " and " + checkpoints.count()
          + ", the pools count " + pages.used() + " and " + slots.used());
    }
  }
}
