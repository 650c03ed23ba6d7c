package io.souffleur.scheduler;

/**
 * Seat numbers, and the seats that the rank must still be told are empty. Owned by the engine loop.
 */
final class Seats {
  private final int[] freeStack;
  private final int[] pendingDrops;
  private final boolean[] pending;
  private int freeCount;
  private int pendingCount;

  Seats(int count) {
    freeStack = new int[count];
    pendingDrops = new int[count];
    pending = new boolean[count];
    for (int i = 0; i < count; i++) {
      freeStack[i] = count - 1 - i;
    }
    freeCount = count;
  }

  int acquire() {
    if (freeCount == 0) {
      throw new IllegalStateException("no free seat of " + freeStack.length);
    }
    return freeStack[--freeCount];
  }

  /** @param known whether the rank was told that somebody sits there */
  void release(int seat, boolean known) {
    freeStack[freeCount++] = seat;
    if (known && !pending[seat]) {
      pending[seat] = true;
      pendingDrops[pendingCount++] = seat;
    }
  }

  int pendingDropCount() {
    return pendingCount;
  }

  int pendingDrop(int index) {
    return pendingDrops[index];
  }

  /** The rank was told, or is a new one that knows no seat. */
  void clearPendingDrops() {
    for (int i = 0; i < pendingCount; i++) {
      pending[pendingDrops[i]] = false;
    }
    pendingCount = 0;
  }
}
