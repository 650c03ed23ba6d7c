package io.souffleur.scheduler.sim;

import java.util.Arrays;

/**
 * The bytes behind page and slot numbers, one {@code long} per position and per slot. They outlive every
 * rank and every epoch, and nobody clears them: stale values are the point.
 */
final class HashShelves {
  final int pageTokens;
  final boolean recurrent;
  final long[] cells;
  final long[] states;

  HashShelves(int pages, int pageTokens, int slots, boolean recurrent) {
    this.pageTokens = pageTokens;
    this.recurrent = recurrent;
    cells = new long[pages * pageTokens];
    states = new long[slots];
    Arrays.fill(cells, 0xDEADL);
    Arrays.fill(states, 0xBEEFL);
  }
}
