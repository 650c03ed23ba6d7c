package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluated arguments of a call. */
record Arguments(List<Object> positional, Map<String, Object> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  static Arguments of(Object... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /** All but the first {@code count} positional arguments. */
  Arguments withoutFirst(int count) {
    return new Arguments(positional.subList(count, positional.size()), named);
  }

  /**
   * Puts the arguments into the parameters of {@code function}, as Python would.
   *
   * @param required how many of {@code parameters} have no default
   */
  Bound bind(String function, int required, String... parameters) {
    if (positional.size() > parameters.length) {
      throw Errors.failure(function + "() takes at most " + parameters.length + " arguments, got "
          + positional.size());
    }
    Map<String, Object> bound = new LinkedHashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      bound.put(parameters[i], positional.get(i));
    }
    List<String> known = List.of(parameters);
    for (var entry : named.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw Errors.failure(
            function + "() got an unexpected keyword argument '" + entry.getKey() + "'");
      }
      if (bound.containsKey(entry.getKey())) {
        throw Errors.failure(
            function + "() got multiple values for argument '" + entry.getKey() + "'");
      }
      bound.put(entry.getKey(), entry.getValue());
    }
    List<String> missing = new ArrayList<>(known.subList(0, required));
    missing.removeAll(bound.keySet());
    if (!missing.isEmpty()) {
      throw Errors.failure(
          function + "() missing required argument: '" + String.join("', '", missing) + "'");
    }
    return new Bound(function, bound);
  }

  /** Refuses any argument. */
  void none(String function) {
    bind(function, 0);
  }

  /** Arguments by parameter name. */
  record Bound(String function, Map<String, Object> values) {
    boolean has(String name) {
      return values.containsKey(name);
    }

    Object get(String name) {
      return values.get(name);
    }

    Object get(String name, Object whenMissing) {
      return values.containsKey(name) ? values.get(name) : whenMissing;
    }

    boolean truth(String name, boolean whenMissing) {
      return values.containsKey(name) ? Types.truth(values.get(name)) : whenMissing;
    }

    /** An integer that fits in an int after clamping: sizes beyond that hit other limits anyway. */
    int integer(String name, int whenMissing) {
      return values.containsKey(name) ? Numbers.clampedInt(values.get(name)) : whenMissing;
    }

    String text(String name) {
      if (Types.isText(values.get(name))) {
        return Types.text(values.get(name));
      }
      throw Errors.failure(
          function + "() argument '" + name + "' must be str, not " + Types.name(values.get(name)));
    }
  }
}
