package io.souffleur.cache.book;

/**
 * Recurrent-state slots; a running sequence holds {@link #SLOTS_PER_HOLDING} of them.
 *
 * <p>Checkpoints of a prefix tree will be single slots that the tree owns, from this pool as well.
 * Owned by the engine loop.
 */
final class StatePool {
  static final int NONE = NumberPool.NONE;

  /** Steps in flight + 1: one slot with the committed state, one that the step in flight writes. */
  static final int SLOTS_PER_HOLDING = 2;

  private final NumberPool numbers;

  StatePool(int slots) {
    numbers = new NumberPool("slot", slots);
  }

  /** A free slot, or {@link #NONE}. */
  int tryAcquire(int owner) {
    return numbers.tryAcquire(owner);
  }

  void release(int slot, int owner) {
    numbers.release(slot, owner);
  }

  void checkOwned(int slot, int owner) {
    numbers.checkOwner(slot, owner);
  }

  int total() {
    return numbers.total();
  }

  int free() {
    return numbers.free();
  }

  int used() {
    return numbers.used();
  }

  void checkIntegrity() {
    numbers.checkIntegrity();
  }
}
