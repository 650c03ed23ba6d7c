package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code a.b}, {@code a[b]} and {@code a[b:c:d]}, with the order of lookups of jinja2's immutable
 * sandbox: a dot prefers attributes (so {@code message.items} is the method), brackets prefer items;
 * methods that would change a value are refused when they are used.
 */
final class Access {
  private Access() {}

  /** {@code target.name} */
  static Object attribute(Object target, String name) {
    if (target instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    Object own = ownAttribute(target, name);
    if (own != null) {
      return own == NONE ? null : own;
    }
    Object item = ownItem(target, name);
    return item == MISSING ? Undefined.member(target, name) : item;
  }

  /** {@code target[key]} for a key that is no slice. */
  static Object item(Object target, Object key, Budget budget) {
    if (target instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    if (Types.isText(target)) {
      budget.read(Types.text(target).length()); // indices count code points
    }
    Object item = ownItem(target, key);
    if (item != MISSING) {
      return item;
    }
    if (Types.isText(key)) {
      Object own = ownAttribute(target, Types.text(key));
      if (own != null) {
        return own == NONE ? null : own;
      }
    }
    return Undefined.member(target, Types.isText(key) ? Types.text(key) : key);
  }

  /** {@code target|attr(name)}: an attribute, never an item. */
  static Object attributeOnly(Object target, String name) {
    if (target instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    Object own = ownAttribute(target, name);
    return own == null ? Undefined.member(target, name) : own == NONE ? null : own;
  }

  private static final Object MISSING = new Object();

  /** An attribute whose value is None, where null means that there is no such attribute. */
  static final Object NONE = new Object();

  private static Object ownAttribute(Object target, String name) {
    if (name.startsWith("__") && name.endsWith("__") && name.length() > 4) {
      return isMap(target) && Types.dict(target).containsKey(name)
          ? null
          : Undefined.unsafe(target, name);
    }
    return switch (target) {
      case String s -> StringMethods.bind(s, false, name);
      case Markup m -> StringMethods.bind(m.text(), true, name);
      case Map<?, ?> m -> CollectionMethods.ofDict(Types.dict(m), name);
      case Tuple.Group group -> ofGroup(group, name);
      case List<?> l -> CollectionMethods.ofList(Types.list(l), name);
      case Namespace n -> n.attributes().containsKey(name) ? none(n.attributes().get(name)) : null;
      case LoopContext loop -> loop.attribute(name);
      case Macro macro -> macro.attribute(name);
      case Globals.Cycler cycler -> cycler.attribute(name);
      case null -> null;
      default -> null;
    };
  }

  private static Object ofGroup(Tuple.Group group, String name) {
    return switch (name) {
      case "grouper" -> none(group.get(0));
      case "list" -> group.get(1);
      default -> CollectionMethods.ofList(group, name);
    };
  }

  private static Object none(Object value) {
    return value == null ? NONE : value;
  }

  private static boolean isMap(Object value) {
    return value instanceof Map<?, ?>;
  }

  private static Object ownItem(Object target, Object key) {
    return switch (target) {
      case Map<?, ?> map -> {
        if (key instanceof Map<?, ?> || key instanceof List<?> && !(key instanceof Tuple)) {
          yield MISSING; // not hashable: Python's error counts as not found
        }
        Object found = Types.key(key);
        yield map.containsKey(found) ? map.get(found) : MISSING;
      }
      case List<?> list -> {
        int index = index(key, list.size());
        yield index < 0 ? MISSING : list.get(index);
      }
      case String s -> character(s, key);
      case Markup m -> character(m.text(), key);
      case null -> MISSING;
      default -> MISSING;
    };
  }

  /** The place that {@code key} means, or -1. */
  private static int index(Object key, int size) {
    if (!(key instanceof Long) && !(key instanceof Boolean)) {
      return -1;
    }
    long index = Numbers.small(key);
    long place = index < 0 ? index + size : index;
    return place >= 0 && place < size ? (int) place : -1;
  }

  private static Object character(String text, Object key) {
    if (!(key instanceof Long) && !(key instanceof Boolean)) {
      return MISSING;
    }
    int place = index(key, Text.length(text));
    if (place < 0) {
      return MISSING;
    }
    return Text.character(text.codePointAt(text.offsetByCodePoints(0, place)));
  }

  /** {@code target[start:stop:step]}; null parts take their defaults. */
  static Object slice(Object target, Object start, Object stop, Object step, Budget budget) {
    if (Types.isText(target)) {
      String text = Types.text(target);
      budget.text(text.length());
      int[] units = text.codePoints().toArray();
      int[] places = places(units.length, start, stop, step);
      StringBuilder out = new StringBuilder(places.length);
      for (int place : places) {
        out.appendCodePoint(units[place]);
      }
      return out.toString();
    }
    if (target instanceof Range range) {
      return range.slice(
          places(range.size(), start, stop, step), step == null ? 1 : sliceIndex(step));
    }
    if (target instanceof List<?> list) {
      int[] places = places(list.size(), start, stop, step);
      budget.items(places.length);
      List<Object> items = new ArrayList<>(places.length);
      for (int place : places) {
        items.add(list.get(place));
      }
      return target instanceof Tuple ? Tuple.copyOf(items) : items;
    }
    if (target instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    throw Errors.failure("'" + Types.name(target) + "' object is not subscriptable");
  }

  /**
   * The places a slice takes, in order. With a negative step the defaults swap ends:
   *
   * <pre>
   *   [start : stop : +s]   start, start+s, … &lt; stop    defaults 0 and size
   *   [start : stop : -s]   start, start-s, … &gt; stop    defaults size-1 and -1
   * </pre>
   */
  private static int[] places(int size, Object start, Object stop, Object step) {
    int by = step == null ? 1 : sliceIndex(step);
    if (by == 0) {
      throw Errors.failure("slice step cannot be zero");
    }
    int lowest = by > 0 ? 0 : -1;
    int highest = by > 0 ? size : size - 1;
    int from = start == null ? (by > 0 ? lowest : highest) : clamp(start, size, lowest, highest);
    int to = stop == null ? (by > 0 ? highest : lowest) : clamp(stop, size, lowest, highest);
    long span = by > 0 ? (long) to - from : (long) from - to;
    long stride = Math.abs((long) by);
    int count = span <= 0 ? 0 : (int) ((span - 1) / stride + 1);
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = from + i * by;
    }
    return places;
  }

  private static int clamp(Object bound, int size, int lowest, int highest) {
    long index = sliceIndex(bound);
    return Math.clamp(index < 0 ? index + size : index, lowest, highest);
  }

  private static int sliceIndex(Object value) {
    if (value instanceof Undefined || !Types.isInteger(value)) {
      throw Errors.failure("slice indices must be integers or None");
    }
    return Numbers.clampedInt(value);
  }
}
