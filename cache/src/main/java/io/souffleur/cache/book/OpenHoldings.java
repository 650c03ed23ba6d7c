package io.souffleur.cache.book;

import java.util.Arrays;
import java.util.function.Consumer;

/** Holdings that are open, by their numbers; the lowest free number is given next. */
final class OpenHoldings {
  private CacheHolding[] open = new CacheHolding[8];
  private int count;
  private int serial;

  /** Makes a holding with nothing in it. */
  CacheHolding add(String namespace, int pagesMax, boolean prefixes) {
    int number = 0;
    while (number < count && open[number] != null) {
      number++;
    }
    if (number == open.length) {
      open = Arrays.copyOf(open, open.length * 2);
    }
    var holding = new CacheHolding(number, ++serial, namespace, pagesMax, prefixes);
    open[number] = holding;
    count = Math.max(count, number + 1);
    return holding;
  }

  void remove(CacheHolding holding) {
    open[holding.number] = null;
    while (count > 0 && open[count - 1] == null) {
      count--;
    }
  }

  void check(CacheHolding holding) {
    if (holding.number >= count || open[holding.number] != holding) {
      throw new IllegalStateException("holding " + holding.number + " is not open");
    }
  }

  void forEach(Consumer<CacheHolding> receiver) {
    for (int i = 0; i < count; i++) {
      if (open[i] != null) {
        receiver.accept(open[i]);
      }
    }
  }

  /** As {@link #check}, and it has no pages yet. */
  void checkEmpty(CacheHolding holding) {
    check(holding);
    if (holding.pageCount > 0) {
      throw new IllegalStateException("holding " + holding.number + " has pages already");
    }
  }
}
