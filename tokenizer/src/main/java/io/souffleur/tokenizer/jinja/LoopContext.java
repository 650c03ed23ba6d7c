package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The variable {@code loop}. Looks at most one item ahead, and only when {@code last} or
 * {@code nextitem} is asked for; {@code length} of a generator reads it to its end.
 *
 * <p>Lives as long as its loop; one thread.
 */
final class LoopContext implements Iterator<Object> {
  private static final Object NOTHING = new Object();

  private final Object iterable;
  private final int depth0;
  private final Callable recursion;
  private Iterator<Object> items;
  private Object after = NOTHING;
  private Object current = NOTHING;
  private Object before = NOTHING;
  private Object lastChanged = NOTHING;
  private int index0 = -1;
  private int length = -1;

  /**
   * @param iterable where {@code items} come from, for its length
   * @param recursion what calling {@code loop(…)} does; null if the loop is not recursive
   */
  LoopContext(Object iterable, Iterator<Object> items, int depth0, Callable recursion) {
    this.iterable = iterable;
    this.items = items;
    this.depth0 = depth0;
    this.recursion = recursion;
  }

  @Override
  public boolean hasNext() {
    return after != NOTHING || items.hasNext();
  }

  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Object item = after != NOTHING ? after : items.next();
    after = NOTHING;
    index0++;
    before = current;
    current = item;
    return item;
  }

  private Object peek() {
    if (after == NOTHING && items.hasNext()) {
      after = items.next();
    }
    return after;
  }

  int index0() {
    return index0;
  }

  int length() {
    if (length < 0) {
      length = Types.length(iterable).orElse(-1);
    }
    if (length < 0) {
      List<Object> rest = new ArrayList<>();
      items.forEachRemaining(rest::add);
      items = rest.iterator();
      length = rest.size() + index0 + 1 + (after == NOTHING ? 0 : 1);
    }
    return length;
  }

  /** An attribute, or null. */
  Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1L;
      case "index0" -> (long) index0;
      case "revindex" -> (long) length() - index0;
      case "revindex0" -> (long) length() - index0 - 1;
      case "first" -> index0 == 0;
      case "last" -> peek() == NOTHING;
      case "length" -> (long) length();
      case "depth" -> depth0 + 1L;
      case "depth0" -> (long) depth0;
      case "previtem" ->
        before == NOTHING ? new Undefined("there is no previous item") : noneAware(before);
      case "nextitem" ->
        peek() == NOTHING ? new Undefined("there is no next item") : noneAware(after);
      case "cycle" -> (Callable) this::cycle;
      case "changed" -> (Callable) this::changed;
      default -> null;
    };
  }

  private static Object noneAware(Object item) {
    return item == null ? Access.NONE : item;
  }

  private Object cycle(Run run, Arguments arguments) {
    List<Object> items = arguments.positional();
    if (items.isEmpty()) {
      throw Errors.failure("no items for cycling given");
    }
    return items.get(index0 % items.size());
  }

  private Object changed(Run run, Arguments arguments) {
    Object value = Tuple.copyOf(arguments.positional());
    boolean changed = lastChanged == NOTHING || !Comparison.equal(lastChanged, value, run.budget());
    lastChanged = value;
    return changed;
  }

  /** {@code loop(items)}: the loop's body again, one level deeper. */
  Object call(Run run, Arguments arguments) {
    if (recursion == null) {
      throw Errors.failure("The loop must have the 'recursive' marker to be called recursively.");
    }
    return recursion.call(run, arguments);
  }
}
