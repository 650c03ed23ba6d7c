package io.souffleur.scheduler.sim;

import java.util.Arrays;

/**
 * The bytes behind page and slot numbers, one {@code long} per position and per slot. They outlive every
 * rank and every epoch, and nobody clears them: stale values are the point. Also remembers what the plan
 * that is being checked writes.
 */
final class HashShelves {
  final int pageTokens;
  final boolean recurrent;
  final long[] cells;
  final long[] states;
  private final int[] cellWritten;
  private final int[] slotWritten;
  private final int[] pageEntered;
  private final int[] enteredAt;
  private SimTier tier;
  private int plan;

  HashShelves(int pages, int pageTokens, int slots, boolean recurrent) {
    this.pageTokens = pageTokens;
    this.recurrent = recurrent;
    cells = new long[pages * pageTokens];
    states = new long[slots];
    cellWritten = new int[cells.length];
    slotWritten = new int[slots];
    pageEntered = new int[pages];
    enteredAt = new int[pages];
    Arrays.fill(cells, 0xDEADL);
    Arrays.fill(states, 0xBEEFL);
  }

  void connect(SimTier newTier) {
    tier = newTier;
  }

  SimTier tier() {
    return tier;
  }

  void nextPlan() {
    plan++;
  }

  /** False when the plan writes it already. */
  boolean write(int cell) {
    boolean first = cellWritten[cell] != plan;
    cellWritten[cell] = plan;
    return first;
  }

  boolean written(int cell) {
    return cellWritten[cell] == plan;
  }

  /** False when the plan writes it already. */
  boolean writeSlot(int slot) {
    boolean first = slotWritten[slot] != plan;
    slotWritten[slot] = plan;
    return first;
  }

  boolean slotWritten(int slot) {
    return slotWritten[slot] == plan;
  }

  /** A run begins in the middle of the page. */
  void enter(int page, int row) {
    pageEntered[page] = plan;
    enteredAt[page] = row;
  }

  /** Row at which a run begins in the middle of the page, 0 when none does. */
  int enteredAt(int page) {
    return pageEntered[page] == plan ? enteredAt[page] : 0;
  }
}
