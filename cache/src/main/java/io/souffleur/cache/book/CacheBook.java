package io.souffleur.cache.book;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Who holds which KV page and which recurrent-state slot: the facade of the book.
 *
 * <p>Invariant: a page or slot is free or belongs to exactly one open {@link CacheHolding}; {@link
 * #checkIntegrity} proves it. With prefix reuse, a {@code match} before {@link #tryReserve} will put
 * shared, read-only pages at the front of a holding and a copied state into its first slot; nothing
 * else of this interface changes. Owned by the engine loop; not thread-safe.
 */
public final class CacheBook {
  private final int pageTokens;
  private final boolean recurrent;
  private final PagePool pages;
  private final StatePool slots;
  private final BooleanSupplier refuses;
  private CacheHolding[] open = new CacheHolding[8];
  private int openCount;

  public CacheBook(CacheLayout layout, CacheCapacity capacity) {
    this(layout, capacity, () -> false);
  }

  /**
   * @param refuses asked before every reservation that needs something: true refuses it as if the pools
   *     were empty. For simulations and fault tests.
   */
  public CacheBook(CacheLayout layout, CacheCapacity capacity, BooleanSupplier refuses) {
    this.refuses = refuses;
    pageTokens = layout.pageTokens();
    recurrent = layout.slotBytes() > 0;
    if (recurrent && capacity.slots() < StatePool.SLOTS_PER_HOLDING) {
      throw new IllegalArgumentException("a model with recurrent layers needs at least "
          + StatePool.SLOTS_PER_HOLDING + " state slots, got " + capacity.slots());
    }
    pages = new PagePool(capacity.pages());
    slots = new StatePool(capacity.slots());
  }

  /** A holding with nothing in it, for at most {@code tokensMax} positions. Allocates. */
  public CacheHolding open(int tokensMax) {
    int number = 0;
    while (number < openCount && open[number] != null) {
      number++;
    }
    if (number == open.length) {
      open = Arrays.copyOf(open, open.length * 2);
    }
    var holding = new CacheHolding(number, Math.min(pagesFor(tokensMax), pages.total()));
    open[number] = holding;
    openCount = Math.max(openCount, number + 1);
    return holding;
  }

  /**
   * Makes sure that the holding has pages for positions {@code [0, tokens)} and, for recurrent models,
   * its two slots. All or nothing: false leaves the holding as it was. Allocates nothing.
   */
  public boolean tryReserve(CacheHolding holding, int tokens) {
    checkOpen(holding);
    int needed = pagesFor(tokens);
    boolean needsSlots = recurrent && !holding.slotsHeld();
    if (needed <= holding.pageCount && !needsSlots) {
      return true;
    }
    if (refuses.getAsBoolean()
        || needed > holding.pages.length
        || needed - holding.pageCount > pages.free()
        || (needsSlots && slots.free() < StatePool.SLOTS_PER_HOLDING)) {
      return false;
    }
    if (needed > holding.pageCount) {
      if (!pages.tryGrow(holding.pages, holding.pageCount, needed, holding.number)) {
        throw new IllegalStateException("pages ran out within a reservation");
      }
      holding.pageCount = needed;
    }
    if (needsSlots) {
      holding.firstSlot = slots.tryAcquire(holding.number);
      holding.secondSlot = slots.tryAcquire(holding.number);
    }
    return true;
  }

  /** Gives everything back and closes the holding; the one way out of the book. */
  public void release(CacheHolding holding) {
    checkOpen(holding);
    pages.releaseAll(holding.pages, holding.pageCount, holding.number);
    holding.pageCount = 0;
    if (holding.slotsHeld()) {
      slots.release(holding.secondSlot, holding.number);
      slots.release(holding.firstSlot, holding.number);
      holding.firstSlot = CacheHolding.NO_SLOT;
      holding.secondSlot = CacheHolding.NO_SLOT;
    }
    open[holding.number] = null;
    while (openCount > 0 && open[openCount - 1] == null) {
      openCount--;
    }
  }

  private void checkOpen(CacheHolding holding) {
    if (holding.number >= openCount || open[holding.number] != holding) {
      throw new IllegalStateException("holding " + holding.number + " is not open");
    }
  }

  /** Pages that {@code tokens} positions need. */
  public int pagesFor(int tokens) {
    return Math.ceilDiv(tokens, pageTokens);
  }

  public int pageTokens() {
    return pageTokens;
  }

  /** Whether sequences hold state slots beside their pages. */
  public boolean recurrent() {
    return recurrent;
  }

  /** Sequences that the slots suffice for; unbounded for models without recurrent layers. */
  public int holdingsMax() {
    return recurrent ? slots.total() / StatePool.SLOTS_PER_HOLDING : Integer.MAX_VALUE;
  }

  public int pagesTotal() {
    return pages.total();
  }

  public int pagesFree() {
    return pages.free();
  }

  public int pagesUsed() {
    return pages.used();
  }

  public int slotsTotal() {
    return slots.total();
  }

  public int slotsFree() {
    return slots.free();
  }

  public int slotsUsed() {
    return slots.used();
  }

  /** Throws {@link IllegalStateException} naming the first page or slot that breaks the invariant. */
  public void checkIntegrity() {
    pages.checkIntegrity();
    slots.checkIntegrity();
    int pagesHeld = 0;
    int slotsHeld = 0;
    for (int i = 0; i < openCount; i++) {
      CacheHolding holding = open[i];
      if (holding == null) {
        continue;
      }
      pages.checkOwned(holding.pages, holding.pageCount, holding.number);
      pagesHeld += holding.pageCount;
      if (holding.slotsHeld()) {
        slots.checkOwned(holding.firstSlot, holding.number);
        slots.checkOwned(holding.secondSlot, holding.number);
        slotsHeld += StatePool.SLOTS_PER_HOLDING;
      }
    }
    if (pagesHeld != pages.used() || slotsHeld != slots.used()) {
      throw new IllegalStateException("holdings have " + pagesHeld + " pages and " + slotsHeld
          + " slots, the pools count " + pages.used() + " and " + slots.used());
    }
  }
}
