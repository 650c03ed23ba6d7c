package io.souffleur.tokenizer.jinja;

import java.util.AbstractList;
import java.util.RandomAccess;

/** The integers from {@code start} in steps of {@code step}; nothing is stored. */
final class Range extends AbstractList<Object> implements RandomAccess {
  private final long start;
  private final long stop;
  private final long step;
  private final int size;

  private Range(long start, long stop, long step, int size) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.size = size;
  }

  /** Refuses a range of more than {@code itemsMax} items. */
  static Range of(long start, long stop, long step, int itemsMax) {
    if (step == 0) {
      throw Errors.failure("range() arg 3 must not be zero");
    }
    long count;
    try {
      long span = Math.subtractExact(stop, start);
      count = span == 0 || (span > 0) != (step > 0) ? 0 : (Math.abs(span) - 1) / Math.abs(step) + 1;
    } catch (ArithmeticException overflow) {
      count = Long.MAX_VALUE;
    }
    if (count > itemsMax) {
      throw Errors.limit("rangeItems", itemsMax, "items of a range");
    }
    return new Range(start, stop, step, (int) count);
  }

  /** The part at {@code places}, which lie {@code stride} apart. */
  Range slice(int[] places, int stride) {
    long first = places.length == 0 ? 0 : start + places[0] * step;
    long partStep = step * stride;
    return new Range(first, first + places.length * partStep, partStep, places.length);
  }

  @Override
  public Object get(int index) {
    return start + index * step;
  }

  @Override
  public int size() {
    return size;
  }

  String repr() {
    return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
  }

  /** Ranges are equal when their items are; the hash follows from the items too. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Range && super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
