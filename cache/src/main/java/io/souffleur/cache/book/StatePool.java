package io.souffleur.cache.book;

/**
 * Recurrent-state slots: each is free, belongs to one holding, or keeps a checkpoint of the prefix tree.
 * Owned by the engine loop.
 */
final class StatePool {
  static final int NONE = NumberPool.NONE;

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

  void transfer(int slot, int from, int to) {
    numbers.transfer(slot, from, to);
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
