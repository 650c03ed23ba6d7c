package io.souffleur.cache.book;

/**
 * What one running sequence holds of the cache: its pages in position order and its two state slots.
 *
 * <pre>
 *   positions   0 … pageTokens−1 | pageTokens … | …
 *   page(i)     page(0)          | page(1)      | …        pageCount() pages reserved
 *
 *   step n      reads committedSlot (none before the first step), writes spareSlot
 *   advance()   swaps them: what was written is committed, the other one may be overwritten
 * </pre>
 *
 * <p>Which slot is read and which written follows from applied results alone, so that an interrupted
 * step is planned again with the same numbers. Made by {@link CacheBook#open}, given back by {@link
 * CacheBook#release} and by nothing else. Owned by the engine loop.
 */
public final class CacheHolding {
  /** No state is committed yet, or the model has none. */
  public static final int NO_SLOT = -1;

  final int number;
  final int[] pages;
  int pageCount;
  int firstSlot = NO_SLOT;
  int secondSlot = NO_SLOT;
  private boolean started;
  private boolean firstIsSpare = true;

  CacheHolding(int number, int pagesMax) {
    this.number = number;
    this.pages = new int[pagesMax];
  }

  public int pageCount() {
    return pageCount;
  }

  /** Number of the page that holds positions {@code [index · pageTokens, (index + 1) · pageTokens)}. */
  public int page(int index) {
    if (index >= pageCount) {
      throw new IndexOutOfBoundsException("page " + index + " of " + pageCount);
    }
    return pages[index];
  }

  /** Slot with the state after the last applied step, {@link #NO_SLOT} before the first one. */
  public int committedSlot() {
    if (!started) {
      return NO_SLOT;
    }
    return firstIsSpare ? secondSlot : firstSlot;
  }

  /** Slot that the next step writes, {@link #NO_SLOT} for models without recurrent layers. */
  public int spareSlot() {
    return firstIsSpare ? firstSlot : secondSlot;
  }

  /** The step that wrote {@link #spareSlot} was applied: its state is the committed one now. */
  public void advance() {
    started = true;
    firstIsSpare = !firstIsSpare;
  }

  /** Most pages this holding can ever have. */
  public int pagesMax() {
    return pages.length;
  }

  boolean slotsHeld() {
    return firstSlot != NO_SLOT;
  }
}
