package io.souffleur.tokenizer.jinja;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** A Python tuple: a list that is unequal to every list and prints with parentheses. */
class Tuple extends AbstractList<Object> implements RandomAccess {
  private final Object[] items;

  Tuple(Object... items) {
    this.items = items.clone();
  }

  static Tuple copyOf(List<?> items) {
    return new Tuple(items.toArray());
  }

  @Override
  public final Object get(int index) {
    return items[index];
  }

  @Override
  public final int size() {
    return items.length;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Tuple tuple && Arrays.equals(items, tuple.items);
  }

  @Override
  public final int hashCode() {
    return Arrays.hashCode(items);
  }

  /** One group of the {@code groupby} filter, whose two parts also have names. */
  static final class Group extends Tuple {
    Group(Object grouper, List<Object> list) {
      super(grouper, list);
    }
  }
}
