package io.souffleur.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tests that follow {@code is}. */
final class Tests {
  private static final Set<String> NAMES = Set.of(
      "odd",
      "even",
      "divisibleby",
      "defined",
      "undefined",
      "filter",
      "test",
      "none",
      "boolean",
      "false",
      "true",
      "integer",
      "float",
      "lower",
      "upper",
      "string",
      "mapping",
      "number",
      "sequence",
      "iterable",
      "callable",
      "sameas",
      "escaped",
      "in",
      "==",
      "eq",
      "equalto",
      "!=",
      "ne",
      ">",
      "gt",
      "greaterthan",
      "ge",
      ">=",
      "<",
      "lt",
      "lessthan",
      "<=",
      "le");

  private Tests() {}

  static boolean exists(String name) {
    return NAMES.contains(name);
  }

  static Object apply(Run run, String name, Object value, Arguments arguments) {
    if (!exists(name)) {
      throw Errors.failure("No test named " + Repr.of(name) + ".");
    }
    Budget budget = run.budget();
    budget.step();
    return switch (name) {
      case "==", "eq", "equalto" -> Comparison.equal(value, one(name, arguments), budget);
      case "!=", "ne" -> !Comparison.equal(value, one(name, arguments), budget);
      case ">", "gt", "greaterthan" -> Comparison.ordered(">", value, one(name, arguments), budget);
      case ">=", "ge" -> Comparison.ordered(">=", value, one(name, arguments), budget);
      case "<", "lt", "lessthan" -> Comparison.ordered("<", value, one(name, arguments), budget);
      case "<=", "le" -> Comparison.ordered("<=", value, one(name, arguments), budget);
      case "in" -> Comparison.contains(one(name, arguments), value, budget);
      case "sameas" -> same(value, one(name, arguments));
      case "divisibleby" ->
        !Types.truth(Operators.binary("%", value, one(name, arguments), budget));
      default -> {
        arguments.none(name);
        yield withoutArgument(name, value, budget);
      }
    };
  }

  private static Object one(String name, Arguments arguments) {
    return arguments.bind(name, 1, "other").get("other");
  }

  private static boolean same(Object left, Object right) {
    boolean plain = left instanceof Boolean || left instanceof Long || left instanceof String;
    return left == right
        || plain && left.equals(right)
        || left instanceof Tuple t && t.isEmpty() && right instanceof Tuple u && u.isEmpty();
  }

  private static boolean withoutArgument(String name, Object value, Budget budget) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == null;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "integer" -> Types.isInteger(value) && !(value instanceof Boolean);
      case "float" -> value instanceof Double;
      case "number" -> Types.isNumber(value);
      case "string" -> Types.isText(value);
      case "mapping" -> value instanceof Map<?, ?>;
      case "iterable" -> Types.isIterable(value);
      case "sequence" ->
        Types.isText(value)
            || value instanceof List<?>
            || value instanceof Map<?, ?>
            || value instanceof Undefined;
      case "callable" -> value instanceof Callable || value instanceof Undefined;
      case "escaped" -> value instanceof Markup;
      case "lower" -> Case.isAll(Repr.str(value, budget), false);
      case "upper" -> Case.isAll(Repr.str(value, budget), true);
      case "odd" -> Comparison.equal(Operators.binary("%", value, 2L, budget), 1L, budget);
      case "even" -> Comparison.equal(Operators.binary("%", value, 2L, budget), 0L, budget);
      case "filter" -> value instanceof String s && Filters.exists(s);
      case "test" -> value instanceof String s && exists(s);
      default -> throw new IllegalStateException("no test " + name);
    };
  }
}
