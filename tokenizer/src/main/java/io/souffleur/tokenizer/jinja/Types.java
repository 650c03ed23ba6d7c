package io.souffleur.tokenizer.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What kind of Python value an object is, and what every kind can do: truth, length, iteration. */
final class Types {
  private Types() {}

  static String name(Object value) {
    return switch (value) {
      case null -> "NoneType";
      case Boolean b -> "bool";
      case Long l -> "int";
      case BigInteger i -> "int";
      case Double d -> "float";
      case String s -> "str";
      case Markup m -> "Markup";
      case Tuple t -> "tuple";
      case Range r -> "range";
      case List<?> l -> "list";
      case Map<?, ?> m -> "dict";
      case Undefined u -> "Undefined";
      case Generator g -> "generator";
      case DictView view ->
        switch (view.kind()) {
          case KEYS -> "dict_keys";
          case VALUES -> "dict_values";
          case ITEMS -> "dict_items";
        };
      case Namespace n -> "Namespace";
      case Macro m -> "Macro";
      case LoopContext l -> "LoopContext";
      default -> "builtin_function_or_method";
    };
  }

  static boolean truth(Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case Long l -> l != 0;
      case BigInteger i -> i.signum() != 0;
      case Double d -> d != 0;
      case String s -> !s.isEmpty();
      case Markup m -> !m.text().isEmpty();
      case List<?> l -> !l.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      case DictView view -> view.size() > 0;
      case Undefined u -> false;
      default -> true;
    };
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  /** The characters of a value for which {@link #isText} holds. */
  static String text(Object value) {
    return value instanceof Markup markup ? markup.text() : (String) value;
  }

  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  static boolean isNumber(Object value) {
    return isInteger(value) || value instanceof Double;
  }

  /** A list proper: neither tuple nor range. */
  static boolean isList(Object value) {
    return value instanceof List<?> && !(value instanceof Tuple) && !(value instanceof Range);
  }

  @SuppressWarnings("unchecked") // every list in an evaluation holds objects
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked") // every map in an evaluation was made by this package
  static Map<Object, Object> dict(Object value) {
    return (Map<Object, Object>) value;
  }

  /** Length, or empty for a value without one. */
  static OptionalInt length(Object value) {
    return switch (value) {
      case String s -> OptionalInt.of(Text.length(s));
      case Markup m -> OptionalInt.of(Text.length(m.text()));
      case List<?> l -> OptionalInt.of(l.size());
      case Map<?, ?> m -> OptionalInt.of(m.size());
      case DictView view -> OptionalInt.of(view.size());
      case Undefined u -> OptionalInt.of(0);
      case LoopContext loop -> OptionalInt.of(loop.length());
      case null -> OptionalInt.empty();
      default -> OptionalInt.empty();
    };
  }

  static boolean isIterable(Object value) {
    return switch (value) {
      case String s -> true;
      case Markup m -> true;
      case List<?> l -> true;
      case Map<?, ?> m -> true;
      case DictView v -> true;
      case Generator g -> true;
      case Undefined u -> true;
      case LoopContext l -> true;
      case null -> false;
      default -> false;
    };
  }

  /** Items of an iterable value; charges the budget one step for each. */
  static Iterator<Object> iterate(Object value, Budget budget) {
    Iterator<?> items = switch (value) {
      case String s -> Text.characters(s);
      case Markup m -> Text.characters(m.text());
      case List<?> l -> l.iterator();
      case Map<?, ?> m -> m.keySet().iterator();
      case DictView v -> v.iterator();
      case Generator g -> g.items();
      case LoopContext l -> l;
      case Undefined u -> List.of().iterator();
      case null -> throw Errors.notIterable(value);
      default -> throw Errors.notIterable(value);
    };
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        budget.step();
        return items.next();
      }
    };
  }

  /** All items, in a list of the caller's own. */
  static List<Object> toList(Object value, Budget budget) {
    List<Object> items = new ArrayList<>();
    iterate(value, budget).forEachRemaining(items::add);
    return items;
  }

  /** The form in which a value is a key: numbers that are equal are one key. */
  static Object key(Object value) {
    return switch (value) {
      case Markup m -> m.text();
      case Double d -> d == Math.rint(d) && Math.abs(d) < 1L << 53 ? (Object) d.longValue() : d;
      case Tuple t -> {
        t.forEach(Types::key);
        yield t;
      }
      case DictView v -> throw unhashable(value);
      case Range r -> r;
      case List<?> l -> throw unhashable(value);
      case Map<?, ?> m -> throw unhashable(value);
      case null -> value;
      default -> value;
    };
  }

  private static RuntimeException unhashable(Object value) {
    return Errors.failure("unhashable type: '" + name(value) + "'");
  }
}
