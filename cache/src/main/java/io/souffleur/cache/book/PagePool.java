package io.souffleur.cache.book;

/**
 * KV pages: each is free, belongs to one holding, or to the prefix tree. Owned by the engine loop.
 */
final class PagePool {
  private final NumberPool numbers;

  PagePool(int pages) {
    numbers = new NumberPool("page", pages);
  }

  /** Fills {@code list[from, to)} with fresh pages, or takes none and returns false. */
  boolean tryGrow(int[] list, int from, int to, int owner) {
    if (to - from > numbers.free()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      list[i] = numbers.tryAcquire(owner);
    }
    return true;
  }

  void release(int page, int owner) {
    numbers.release(page, owner);
  }

  void transfer(int page, int from, int to) {
    numbers.transfer(page, from, to);
  }

  void checkOwned(int page, int owner) {
    numbers.checkOwner(page, owner);
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
