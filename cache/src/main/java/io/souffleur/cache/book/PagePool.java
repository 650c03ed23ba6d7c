package io.souffleur.cache.book;

/**
 * KV pages, given and taken back in lists that belong to one holding.
 *
 * <p>A prefix tree will own pages here by a number of its own, with a count of readers per page:
 * {@link #releaseAll} is the place where a shared page is counted down instead of freed, and {@link
 * #tryGrow} the place where unread leaves are evicted first. Owned by the engine loop.
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

  /** Frees {@code list[0, count)}, last page first, so that the next holding gets them in order. */
  void releaseAll(int[] list, int count, int owner) {
    for (int i = count - 1; i >= 0; i--) {
      numbers.release(list[i], owner);
    }
  }

  void checkOwned(int[] list, int count, int owner) {
    for (int i = 0; i < count; i++) {
      numbers.checkOwner(list[i], owner);
    }
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
