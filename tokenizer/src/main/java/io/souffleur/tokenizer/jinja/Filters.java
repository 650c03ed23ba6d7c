package io.souffleur.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;

/** All filters by name. Immutable. */
final class Filters {
  /** One filter; {@code value} stands left of the bar. */
  @FunctionalInterface
  interface Filter {
    Object apply(Run run, Object value, Arguments arguments);
  }

  private static final Map<String, Filter> ALL = all();

  private Filters() {}

  private static Map<String, Filter> all() {
    Map<String, Filter> all = new HashMap<>();
    TextFilters.register(all);
    SequenceFilters.register(all);
    SelectionFilters.register(all);
    NumberFilters.register(all);
    return Map.copyOf(all);
  }

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static Object apply(Run run, String name, Object value, Arguments arguments) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw Errors.failure("No filter named " + Repr.of(name) + ".");
    }
    run.budget().step();
    return filter.apply(run, value, arguments);
  }
}
