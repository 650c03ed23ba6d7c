package io.souffleur.cache.book;

import java.util.Arrays;

/**
 * What one running sequence holds of the cache: its pages in position order and its state slots.
 *
 * <pre>
 *   positions   0 … pageTokens−1 | pageTokens … | …
 *   page(i)     page(0)          | page(1)      | …        pageCount() pages reserved
 *   path        node 0           | node 1       | tail     what it reads of the tree; node i is page(i), or
 *                                                          one that says the same and came first
 *
 *   step n      reads committedSlot (none before the first step), writes spareSlot
 *   applied     what was written is committed, the other one may be overwritten
 * </pre>
 *
 * <p>Which slot is read and which written follows from applied results alone, so that an interrupted
 * step is planned again with the same numbers. After a match, and after a gift to the tree, the slot that
 * is read belongs to the tree and is locked. Made by {@link CacheBook#open}, given back by {@link
 * CacheBook#release} or {@link CacheBook#discard} and by nothing else. Owned by the engine loop.
 */
public final class CacheHolding {
  /** No state is committed yet, or the model has none. */
  public static final int NO_SLOT = -1;

  /** No page is to be copied. */
  public static final int NO_PAGE = -1;

  final int number;
  final int serial;
  final String namespace;
  final int[] pages;
  int pageCount;

  /** Nodes read, from the first page on; {@code tail} is this holding's own page, not full yet. */
  final int[] path;

  int pathCount;
  int matchedPages;
  int tail = PrefixTree.NONE;
  int copySource = PrefixTree.NONE;
  int matchedTokens;
  int branch;
  int committedTokens;

  /** Something above is dead, or the state is torn: nothing of this holding enters the tree any more. */
  boolean detached;

  boolean stateTorn;

  int borrowed = NO_SLOT;
  int committed = NO_SLOT;
  int spare = NO_SLOT;
  int idle = NO_SLOT;

  private int[] plannedPositions = new int[4];
  private int[] plannedSlots = new int[4];
  private boolean[] plannedHints = new boolean[4];
  private int plannedCount;

  CacheHolding(int number, int serial, String namespace, int pagesMax, boolean prefixes) {
    this.number = number;
    this.serial = serial;
    this.namespace = namespace;
    this.pages = new int[pagesMax];
    this.path = new int[prefixes ? pagesMax : 0];
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

  /** Page whose bytes the next step needs in {@link #copyTarget} before it runs, or {@link #NO_PAGE}. */
  public int copySource() {
    return copySource;
  }

  public int copyTarget() {
    return page(matchedPages);
  }

  /** Slot with the state after the last applied step, {@link #NO_SLOT} before the first one. */
  public int committedSlot() {
    return borrowed != NO_SLOT ? borrowed : committed;
  }

  /** Slot that the next step writes, {@link #NO_SLOT} for models without recurrent layers. */
  public int spareSlot() {
    return spare;
  }

  /** Whether the next step overwrites the state that it reads, so that it cannot run twice. */
  public boolean runsInPlace() {
    return spare != NO_SLOT && spare == committedSlot();
  }

  /** Most pages this holding can ever have. */
  public int pagesMax() {
    return pages.length;
  }

  /** Tokens that were found in the tree at {@link CacheBook#match}. */
  public int matchedTokens() {
    return matchedTokens;
  }

  /**
   * Length of the prefix that others had beyond {@link #matchedTokens} without a state to go on from: a
   * good place for one. 0 when there is none.
   */
  public int branch() {
    return branch;
  }

  boolean slotsHeld() {
    return spare != NO_SLOT;
  }

  int slotsOwned() {
    int own = plannedCount;
    own += spare != NO_SLOT ? 1 : 0;
    own += committed != NO_SLOT && committed != spare ? 1 : 0;
    return own + (idle != NO_SLOT ? 1 : 0);
  }

  /** The step that wrote the spare slot was applied: its state is the committed one now. */
  void advance() {
    if (spare == NO_SLOT) {
      return;
    }
    int free = committed != NO_SLOT ? committed : idle;
    idle = NO_SLOT;
    committed = spare;
    spare = free == NO_SLOT ? committed : free;
  }

  // ---- checkpoints of the step in flight ----

  void planCheckpoint(int position, int slot, boolean hint) {
    if (plannedCount == plannedSlots.length) {
      plannedPositions = Arrays.copyOf(plannedPositions, 2 * plannedCount);
      plannedSlots = Arrays.copyOf(plannedSlots, 2 * plannedCount);
      plannedHints = Arrays.copyOf(plannedHints, 2 * plannedCount);
    }
    plannedPositions[plannedCount] = position;
    plannedSlots[plannedCount] = slot;
    plannedHints[plannedCount++] = hint;
  }

  /** Checkpoints that the next step stores on its way. */
  public int plannedCheckpoints() {
    return plannedCount;
  }

  public int plannedPosition(int index) {
    return plannedPositions[index];
  }

  public int plannedSlot(int index) {
    return plannedSlots[index];
  }

  boolean plannedHint(int index) {
    return plannedHints[index];
  }

  void clearPlanned() {
    plannedCount = 0;
  }
}
