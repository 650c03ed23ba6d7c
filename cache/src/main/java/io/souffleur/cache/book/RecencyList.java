package io.souffleur.cache.book;

import java.util.Arrays;

/**
 * Numbers 0 … n−1 in the order in which they were last used, each at most once: a linked list in arrays.
 *
 * <p>Every operation is O(1) and allocates nothing. Owned by the engine loop.
 */
final class RecencyList {
  static final int NONE = -1;

  private static final int ABSENT = -2;

  private final int[] older;
  private final int[] newer;
  private int oldest = NONE;
  private int newest = NONE;
  private int size;

  RecencyList(int numbers) {
    older = new int[numbers];
    newer = new int[numbers];
    Arrays.fill(older, ABSENT);
  }

  /** Puts a number that is not listed at the recent end. */
  void add(int number) {
    if (contains(number)) {
      throw new IllegalStateException(number + " is listed already");
    }
    older[number] = newest;
    newer[number] = NONE;
    if (newest == NONE) {
      oldest = number;
    } else {
      newer[newest] = number;
    }
    newest = number;
    size++;
  }

  void remove(int number) {
    if (!contains(number)) {
      throw new IllegalStateException(number + " is not listed");
    }
    int before = older[number];
    int after = newer[number];
    if (before == NONE) {
      oldest = after;
    } else {
      newer[before] = after;
    }
    if (after == NONE) {
      newest = before;
    } else {
      older[after] = before;
    }
    older[number] = ABSENT;
    size--;
  }

  boolean contains(int number) {
    return older[number] != ABSENT;
  }

  /** The number that was not used for longest, or {@link #NONE}. */
  int oldest() {
    return oldest;
  }

  int size() {
    return size;
  }
}
