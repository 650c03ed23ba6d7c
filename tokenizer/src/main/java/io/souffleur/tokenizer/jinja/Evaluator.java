package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Expr.Args;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Expressions to values, within one rendering. One thread. */
final class Evaluator {
  private final Run run;
  private final Budget budget;

  Evaluator(Run run) {
    this.run = run;
    this.budget = run.budget();
  }

  Object evaluate(Expr expression, Scope scope) {
    budget.step();
    budget.enter();
    Object value = switch (expression) {
      case Expr.Const constant -> constant.value();
      case Expr.Name name -> name(name.name(), scope);
      case Expr.ListOf list -> all(list.items(), scope);
      case Expr.TupleOf tuple -> Tuple.copyOf(all(tuple.items(), scope));
      case Expr.DictOf dict -> dict(dict, scope);
      case Expr.Negate negate -> Numbers.negate(evaluate(negate.operand(), scope));
      case Expr.Plus plus -> Numbers.plus(evaluate(plus.operand(), scope));
      case Expr.Not not -> !Types.truth(evaluate(not.operand(), scope));
      case Expr.And and -> {
        Object left = evaluate(and.left(), scope);
        yield Types.truth(left) ? evaluate(and.right(), scope) : left;
      }
      case Expr.Or or -> {
        Object left = evaluate(or.left(), scope);
        yield Types.truth(left) ? left : evaluate(or.right(), scope);
      }
      case Expr.Binary binary ->
        Operators.binary(
            binary.operator(),
            evaluate(binary.left(), scope),
            evaluate(binary.right(), scope),
            budget);
      case Expr.Compare compare -> compare(compare, scope);
      case Expr.Concat concat -> concat(concat, scope);
      case Expr.Conditional conditional -> conditional(conditional, scope);
      case Expr.Attribute attribute -> {
        Object target = evaluate(attribute.target(), scope);
        budget.at(attribute.line());
        yield Access.attribute(target, attribute.name());
      }
      case Expr.Item item -> item(item, scope);
      case Expr.Slice slice -> throw Errors.failure("a slice is only possible in brackets");
      case Expr.Call call -> call(call, scope, null);
      case Expr.Filter filter -> {
        Object target = evaluate(filter.target(), scope);
        yield filter(filter, target, scope);
      }
      case Expr.Test test -> {
        Object target = evaluate(test.target(), scope);
        Arguments arguments = arguments(test.args(), scope);
        budget.at(test.line());
        yield Tests.apply(run, test.name(), target, arguments);
      }
    };
    budget.leave();
    return value;
  }

  /** A chain of filters on the text of a block. */
  Object filterText(Expr filters, String text, Scope scope) {
    Expr.Filter filter = (Expr.Filter) filters;
    Object value = filter.target() == null ? text : filterText(filter.target(), text, scope);
    return filter(filter, value, scope);
  }

  private Object filter(Expr.Filter filter, Object target, Scope scope) {
    Arguments arguments = arguments(filter.args(), scope);
    budget.at(filter.line());
    return Filters.apply(run, filter.name(), target, arguments);
  }

  private static Object name(String name, Scope scope) {
    Object value = scope.find(name);
    if (value != Scope.MISSING) {
      return value;
    }
    Callable global = Globals.find(name);
    return global != null ? global : Undefined.name(name);
  }

  private List<Object> all(List<Expr> expressions, Scope scope) {
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Map<Object, Object> dict(Expr.DictOf dict, Scope scope) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < dict.keys().size(); i++) {
      Object key = Types.key(evaluate(dict.keys().get(i), scope));
      map.put(key, evaluate(dict.values().get(i), scope));
    }
    return map;
  }

  private Object compare(Expr.Compare compare, Scope scope) {
    Object left = evaluate(compare.first(), scope);
    for (int i = 0; i < compare.rest().size(); i++) {
      Object right = evaluate(compare.rest().get(i), scope);
      boolean holds = switch (compare.operators().get(i)) {
        case "==" -> Comparison.equal(left, right, budget);
        case "!=" -> !Comparison.equal(left, right, budget);
        case "in" -> Comparison.contains(right, left, budget);
        case "not in" -> !Comparison.contains(right, left, budget);
        default -> Comparison.ordered(compare.operators().get(i), left, right, budget);
      };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private String concat(Expr.Concat concat, Scope scope) {
    StringBuilder out = new StringBuilder();
    for (Expr part : concat.parts()) {
      out.append(Repr.str(evaluate(part, scope), budget));
      budget.fits(out.length());
    }
    budget.text(out.length());
    return out.toString();
  }

  private Object conditional(Expr.Conditional conditional, Scope scope) {
    if (Types.truth(evaluate(conditional.test(), scope))) {
      return evaluate(conditional.then(), scope);
    }
    return conditional.otherwise() == null
        ? new Undefined(
            "the inline if-expression evaluated to false and no else section was defined.")
        : evaluate(conditional.otherwise(), scope);
  }

  private Object item(Expr.Item item, Scope scope) {
    Object target = evaluate(item.target(), scope);
    if (item.key() instanceof Expr.Slice slice) {
      Object start = optional(slice.start(), scope);
      Object stop = optional(slice.stop(), scope);
      Object step = optional(slice.step(), scope);
      budget.at(item.line());
      return Access.slice(target, start, stop, step, budget);
    }
    Object key = evaluate(item.key(), scope);
    budget.at(item.line());
    return Access.item(target, key, budget);
  }

  private Object optional(Expr expression, Scope scope) {
    return expression == null ? null : evaluate(expression, scope);
  }

  /** @param caller the body of a call block, or null */
  Object call(Expr.Call call, Scope scope, Callable caller) {
    Object target = evaluate(call.target(), scope);
    Arguments arguments = arguments(call.args(), scope);
    if (caller != null) {
      Map<String, Object> named = new LinkedHashMap<>(arguments.named());
      named.put("caller", caller);
      arguments = new Arguments(arguments.positional(), named);
    }
    budget.at(call.line());
    return switch (target) {
      case Callable callable -> callable.call(run, arguments);
      case LoopContext loop -> loop.call(run, arguments);
      case Undefined undefined -> throw Errors.failure(undefined.message());
      case null -> throw notCallable(target);
      default -> throw notCallable(target);
    };
  }

  private static RuntimeException notCallable(Object value) {
    return Errors.failure("'" + Types.name(value) + "' object is not callable");
  }

  private Arguments arguments(Args args, Scope scope) {
    if (args.isEmpty()) {
      return Arguments.NONE;
    }
    List<Object> positional = all(args.positional(), scope);
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < args.names().size(); i++) {
      if (named.containsKey(args.names().get(i))) {
        throw Errors.failure("keyword argument repeated: " + args.names().get(i));
      }
      named.put(args.names().get(i), evaluate(args.values().get(i), scope));
    }
    if (args.star() != null) {
      positional.addAll(Types.toList(evaluate(args.star(), scope), budget));
    }
    if (args.starStar() != null) {
      if (!(evaluate(args.starStar(), scope) instanceof Map<?, ?> map)) {
        throw Errors.failure("argument after ** must be a mapping");
      }
      for (var entry : map.entrySet()) {
        if (!(entry.getKey() instanceof String name) || named.containsKey(name)) {
          throw Errors.failure("keywords must be strings, each given once");
        }
        named.put(name, entry.getValue());
      }
    }
    return new Arguments(positional, named);
  }
}
