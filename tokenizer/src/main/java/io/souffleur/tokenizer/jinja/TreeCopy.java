package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateException.Reason;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A caller's JSON tree as values of this package: one form for each kind of number. */
final class TreeCopy {
  private final String name;
  private final Budget budget;

  private TreeCopy(String name, Budget budget) {
    this.name = name;
    this.budget = budget;
  }

  /** @param name what the tree is called, for messages */
  static Object of(Object tree, String name, Budget budget) {
    return new TreeCopy(name, budget).copy(tree, 0);
  }

  private Object copy(Object value, int level) {
    budget.nested(level);
    return switch (value) {
      case null -> null;
      case String s -> s;
      case Boolean b -> b;
      case Long l -> l;
      case Integer i -> i.longValue();
      case Short s -> s.longValue();
      case Double d -> d;
      case Float f -> f.doubleValue();
      case BigInteger i -> Numbers.shrink(i);
      case BigDecimal d -> d.doubleValue();
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        for (Object item : list) {
          items.add(copy(item, level + 1));
        }
        yield items;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (var entry : map.entrySet()) {
          if (!(entry.getKey() instanceof String)) {
            throw new TemplateException(
                Reason.ARGUMENT, "'" + name + "' has a key that is not a string");
          }
          entries.put(entry.getKey(), copy(entry.getValue(), level + 1));
        }
        yield entries;
      }
      default ->
        throw new TemplateException(
            Reason.ARGUMENT,
            "'" + name + "' holds a " + value.getClass().getSimpleName()
                + "; only JSON values can reach a chat template");
    };
  }
}
