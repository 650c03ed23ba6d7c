package io.souffleur.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Equality, order and membership with Python's meaning. */
final class Comparison {
  private Comparison() {}

  static boolean equal(Object left, Object right, Budget budget) {
    return equal(left, right, budget, 0);
  }

  private static boolean equal(Object left, Object right, Budget budget, int level) {
    budget.nested(level);
    if (left == right && !(left instanceof Double)) {
      return true;
    }
    if (left == null || right == null) {
      return false;
    }
    if (Types.isNumber(left) && Types.isNumber(right)) {
      return numbersEqual(left, right);
    }
    if (Types.isText(left) && Types.isText(right)) {
      budget.read(Math.min(Types.text(left).length(), Types.text(right).length()));
      return Types.text(left).equals(Types.text(right));
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      boolean sameKind =
          a instanceof Tuple == b instanceof Tuple && a instanceof Range == b instanceof Range;
      return sameKind && itemsEqual(a, b, budget, level);
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return entriesEqual(a, b, budget, level);
    }
    return left.equals(right);
  }

  private static boolean numbersEqual(Object left, Object right) {
    if (left instanceof Double || right instanceof Double) {
      return order(left, right) == 0;
    }
    return Numbers.big(left).equals(Numbers.big(right));
  }

  private static boolean itemsEqual(List<?> left, List<?> right, Budget budget, int level) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i), budget, level + 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean entriesEqual(Map<?, ?> left, Map<?, ?> right, Budget budget, int level) {
    if (left.size() != right.size()) {
      return false;
    }
    for (var entry : left.entrySet()) {
      if (!right.containsKey(entry.getKey())
          || !equal(entry.getValue(), right.get(entry.getKey()), budget, level + 1)) {
        return false;
      }
    }
    return true;
  }

  /** One of the operators {@code < <= > >=}. */
  static boolean ordered(String operator, Object left, Object right, Budget budget) {
    return ordered(operator, left, right, budget, 0);
  }

  private static boolean ordered(
      String operator, Object left, Object right, Budget budget, int level) {
    budget.nested(level);
    int order;
    if (Types.isNumber(left) && Types.isNumber(right)) {
      order = order(left, right);
      if (order == UNORDERED) {
        return false;
      }
    } else if (Types.isText(left) && Types.isText(right)) {
      budget.read(Math.min(Types.text(left).length(), Types.text(right).length()));
      order = Text.compare(Types.text(left), Types.text(right));
    } else if (Types.isList(left) && Types.isList(right)
        || left instanceof Tuple && right instanceof Tuple) {
      return itemsOrdered(operator, Types.list(left), Types.list(right), budget, level);
    } else {
      throw notOrdered(operator, left, right);
    }
    return holds(operator, order);
  }

  private static boolean itemsOrdered(
      String operator, List<Object> left, List<Object> right, Budget budget, int level) {
    int shorter = Math.min(left.size(), right.size());
    for (int i = 0; i < shorter; i++) {
      if (!equal(left.get(i), right.get(i), budget, level + 1)) {
        return ordered(operator, left.get(i), right.get(i), budget, level + 1);
      }
    }
    return holds(operator, Integer.compare(left.size(), right.size()));
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      case ">=" -> order >= 0;
      default -> throw new IllegalStateException("no operator " + operator);
    };
  }

  private static RuntimeException notOrdered(String operator, Object left, Object right) {
    if (left instanceof Undefined undefined) {
      return Errors.failure(undefined.message());
    }
    if (right instanceof Undefined undefined) {
      return Errors.failure(undefined.message());
    }
    return Errors.failure("'" + operator + "' not supported between instances of '"
        + Types.name(left) + "' and '" + Types.name(right) + "'");
  }

  private static final int UNORDERED = 2;

  /** Negative, zero, positive, or {@link #UNORDERED} if one is not a number. Exact for all sizes. */
  private static int order(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return Long.compare(a, b);
    }
    if (left instanceof Double || right instanceof Double) {
      double a = special(left);
      double b = special(right);
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return UNORDERED;
      }
      if (Double.isInfinite(a) || Double.isInfinite(b)) {
        return a < b ? -1 : a == b ? 0 : 1;
      }
      return exact(left).compareTo(exact(right));
    }
    return Numbers.big(left).compareTo(Numbers.big(right));
  }

  /** Not a number, infinite, or something finite. */
  private static double special(Object number) {
    return number instanceof Double d ? d : 0;
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double d
        ? new BigDecimal(d)
        : new BigDecimal(number instanceof BigInteger i ? i : Numbers.big(number));
  }

  /** {@code item in container}. */
  static boolean contains(Object container, Object item, Budget budget) {
    switch (container) {
      case String text -> {
        return containsText(text, item, budget);
      }
      case Markup markup -> {
        return containsText(markup.text(), item, budget);
      }
      case Map<?, ?> map -> {
        return map.containsKey(Types.key(item));
      }
      case null -> throw notContainer(null);
      default -> {
        if (!Types.isIterable(container)) {
          throw notContainer(container);
        }
      }
    }
    Iterator<Object> items = Types.iterate(container, budget);
    while (items.hasNext()) {
      if (equal(items.next(), item, budget)) {
        return true;
      }
    }
    return false;
  }

  private static boolean containsText(String text, Object item, Budget budget) {
    if (!Types.isText(item)) {
      throw Errors.failure(
          "'in <string>' requires string as left operand, not " + Types.name(item));
    }
    budget.text(text.length());
    return text.contains(Types.text(item));
  }

  private static RuntimeException notContainer(Object value) {
    return Errors.failure("argument of type '" + Types.name(value) + "' is not iterable");
  }
}
