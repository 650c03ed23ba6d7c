package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/** Binary operators on all kinds of values. */
final class Operators {
  private Operators() {}

  static Object binary(String operator, Object left, Object right, Budget budget) {
    if (left instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    if (operator.equals("%") && Types.isText(left)) {
      String text = PercentFormat.format(Types.text(left), right, budget);
      return left instanceof Markup ? new Markup(text) : text;
    }
    if (right instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    if (Types.isNumber(left) && Types.isNumber(right)) {
      return Numbers.apply(operator, left, right, budget.limits());
    }
    if (operator.equals("+")) {
      return add(left, right, budget);
    }
    if (operator.equals("*")) {
      if (Types.isInteger(right)) {
        return repeat(left, right, budget);
      }
      if (Types.isInteger(left)) {
        return repeat(right, left, budget);
      }
    }
    throw Errors.noBinary(operator, left, right);
  }

  private static Object add(Object left, Object right, Budget budget) {
    if (Types.isText(left) && Types.isText(right)) {
      String a = Types.text(left);
      String b = Types.text(right);
      boolean markup = left instanceof Markup || right instanceof Markup;
      if (markup) {
        a = left instanceof Markup ? a : Markup.escape(a);
        b = right instanceof Markup ? b : Markup.escape(b);
      }
      budget.text((long) a.length() + b.length());
      return markup ? new Markup(a + b) : a + b;
    }
    boolean lists = Types.isList(left) && Types.isList(right);
    if (lists || left instanceof Tuple && right instanceof Tuple) {
      List<Object> a = Types.list(left);
      List<Object> b = Types.list(right);
      budget.items((long) a.size() + b.size());
      List<Object> joined = new ArrayList<>(a.size() + b.size());
      joined.addAll(a);
      joined.addAll(b);
      return lists ? joined : Tuple.copyOf(joined);
    }
    throw Errors.noBinary("+", left, right);
  }

  private static Object repeat(Object sequence, Object times, Budget budget) {
    long count = Math.max(Numbers.clampedInt(times), 0);
    if (Types.isText(sequence)) {
      String text = Text.repeat(Types.text(sequence), count, budget);
      return sequence instanceof Markup ? new Markup(text) : text;
    }
    if (Types.isList(sequence) || sequence instanceof Tuple) {
      List<Object> items = Types.list(sequence);
      budget.items(count * items.size());
      List<Object> repeated = new ArrayList<>();
      for (long i = 0; i < count && !items.isEmpty(); i++) {
        repeated.addAll(items);
      }
      return sequence instanceof Tuple ? Tuple.copyOf(repeated) : repeated;
    }
    throw Errors.noBinary("*", sequence, times);
  }
}
