package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Filters.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters that look at a collection as a whole: order, groups, ends, size. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void register(Map<String, Filter> all) {
    all.put("length", SequenceFilters::length);
    all.put("count", SequenceFilters::length);
    all.put("list", (run, value, arguments) -> {
      arguments.none("list");
      return Types.toList(value, run.budget());
    });
    all.put("first", SequenceFilters::first);
    all.put("last", SequenceFilters::last);
    all.put("reverse", SequenceFilters::reverse);
    all.put("sort", SequenceFilters::sort);
    all.put("unique", SequenceFilters::unique);
    all.put("min", (run, value, arguments) -> extreme("min", "<", run, value, arguments));
    all.put("max", (run, value, arguments) -> extreme("max", ">", run, value, arguments));
    all.put("dictsort", SequenceFilters::dictSort);
    all.put("groupby", SequenceFilters::groupBy);
    all.put("batch", SequenceFilters::batch);
    all.put("slice", SequenceFilters::slice);
    all.put("items", SequenceFilters::items);
    all.put("default", SequenceFilters::orDefault);
    all.put("d", SequenceFilters::orDefault);
    all.put(
        "attr",
        (run, value, arguments) ->
            Access.attributeOnly(value, arguments.bind("attr", 1, "name").text("name")));
  }

  private static Object length(Run run, Object value, Arguments arguments) {
    arguments.none("length");
    if (Types.isText(value)) {
      run.budget().text(Types.text(value).length());
    }
    return (long) Types.length(value)
        .orElseThrow(
            () -> Errors.failure("object of type '" + Types.name(value) + "' has no len()"));
  }

  private static Object first(Run run, Object value, Arguments arguments) {
    arguments.none("first");
    Iterator<Object> items = Types.iterate(value, run.budget());
    return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
  }

  private static Object last(Run run, Object value, Arguments arguments) {
    arguments.none("last");
    List<Object> reversed = reversed(value, run.budget());
    return reversed.isEmpty()
        ? new Undefined("No last item, sequence was empty.")
        : reversed.getFirst();
  }

  /** The items from last to first; refuses what Python's {@code reversed} refuses. */
  private static List<Object> reversed(Object value, Budget budget) {
    boolean reversible = Types.isText(value)
        || value instanceof List<?>
        || value instanceof Map<?, ?>
        || value instanceof DictView
        || value instanceof Undefined;
    if (!reversible) {
      throw Errors.failure("'" + Types.name(value) + "' object is not reversible");
    }
    List<Object> items = Types.toList(value, budget);
    Collections.reverse(items);
    return items;
  }

  private static Object reverse(Run run, Object value, Arguments arguments) {
    arguments.none("reverse");
    if (Types.isText(value)) {
      String text = Types.text(value);
      run.budget().text(text.length());
      return new StringBuilder(text).reverse().toString();
    }
    if (value instanceof Generator || value instanceof Undefined) {
      List<Object> items = Types.toList(value, run.budget());
      Collections.reverse(items);
      return items;
    }
    if (!Types.isIterable(value)) {
      throw Errors.failure("argument must be iterable");
    }
    return new Generator(reversed(value, run.budget()).iterator());
  }

  private static List<Object> sorted(
      List<Object> items, List<?> keys, boolean reverse, Budget budget) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      order.add(i);
    }
    try {
      order.sort((a, b) -> {
        int sign = order(keys.get(a), keys.get(b), budget);
        return reverse ? -sign : sign;
      });
    } catch (IllegalArgumentException inconsistent) {
      throw Errors.failure("the values to sort have no consistent order");
    }
    List<Object> result = new ArrayList<>(items.size());
    order.forEach(index -> result.add(items.get(index)));
    return result;
  }

  private static int order(Object a, Object b, Budget budget) {
    if (Comparison.ordered("<", a, b, budget)) {
      return -1;
    }
    return Comparison.ordered("<", b, a, budget) ? 1 : 0;
  }

  private static Object sort(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
    List<AttributePath> paths = new ArrayList<>();
    if (Types.isText(bound.get("attribute"))) {
      Split.by(bound.text("attribute"), ",", Long.MAX_VALUE)
          .forEach(one -> paths.add(AttributePath.of(one, run.budget())));
    } else {
      paths.add(AttributePath.of(bound.get("attribute"), run.budget()));
    }
    boolean caseSensitive = bound.truth("case_sensitive", false);
    List<Object> items = Types.toList(value, run.budget());
    List<Object> keys = new ArrayList<>();
    for (Object item : items) {
      List<Object> key = new ArrayList<>();
      paths.forEach(path -> key.add(path.readFolded(item, caseSensitive)));
      keys.add(key);
    }
    return sorted(items, keys, bound.integer("reverse", 0) != 0, run.budget());
  }

  private static Object unique(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("unique", 0, "case_sensitive", "attribute");
    AttributePath path = AttributePath.of(bound.get("attribute"), run.budget());
    boolean caseSensitive = bound.truth("case_sensitive", false);
    Set<Object> seen = new HashSet<>();
    return new Generator(SelectionFilters.selected(
        Types.iterate(value, run.budget()),
        item -> seen.add(distinct(path.readFolded(item, caseSensitive)))));
  }

  /** The form in which a value is in a set: true and 1 are one item there. */
  private static Object distinct(Object value) {
    Object key = Types.key(value);
    return key instanceof Boolean ? Numbers.plus(key) : key;
  }

  private static Object extreme(
      String name, String operator, Run run, Object value, Arguments arguments) {
    var bound = arguments.bind(name, 0, "case_sensitive", "attribute");
    AttributePath path = AttributePath.of(bound.get("attribute"), run.budget());
    boolean caseSensitive = bound.truth("case_sensitive", false);
    Iterator<Object> items = Types.iterate(value, run.budget());
    if (!items.hasNext()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    Object best = items.next();
    Object bestKey = path.readFolded(best, caseSensitive);
    while (items.hasNext()) {
      Object item = items.next();
      Object key = path.readFolded(item, caseSensitive);
      if (Comparison.ordered(operator, key, bestKey, run.budget())) {
        best = item;
        bestKey = key;
      }
    }
    return best;
  }

  private static Object dictSort(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
    String by = bound.has("by") ? bound.text("by") : "key";
    if (!by.equals("key") && !by.equals("value")) {
      throw Errors.failure("You can only sort by either \"key\" or \"value\"");
    }
    boolean caseSensitive = bound.truth("case_sensitive", false);
    AttributePath path = AttributePath.of(by.equals("key") ? 0L : 1L, run.budget());
    List<Object> items = Types.toList(pairs(value), run.budget());
    List<Object> keys = new ArrayList<>();
    items.forEach(item -> keys.add(path.readFolded(item, caseSensitive)));
    return sorted(items, keys, bound.integer("reverse", 0) != 0, run.budget());
  }

  private static DictView pairs(Object value) {
    if (value instanceof Map<?, ?>) {
      return new DictView(DictView.Kind.ITEMS, Types.dict(value));
    }
    throw value instanceof Undefined undefined
        ? Errors.failure(undefined.message())
        : Errors.failure("'" + Types.name(value) + "' object has no attribute 'items'");
  }

  private static Object groupBy(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("groupby", 1, "attribute", "default", "case_sensitive");
    AttributePath path =
        AttributePath.of(bound.get("attribute"), run.budget()).orElse(bound.get("default"));
    boolean caseSensitive = bound.truth("case_sensitive", false);
    List<Object> items = Types.toList(value, run.budget());
    List<Object> keys = new ArrayList<>();
    items.forEach(item -> keys.add(path.readFolded(item, caseSensitive)));
    List<Object> groups = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    Object groupKey = null;
    for (Object item : sorted(items, keys, false, run.budget())) {
      Object key = path.readFolded(item, caseSensitive);
      if (!group.isEmpty() && !Comparison.equal(key, groupKey, run.budget())) {
        groups.add(new Tuple.Group(path.read(group.getFirst()), group));
        group = new ArrayList<>();
      }
      groupKey = key;
      group.add(item);
    }
    if (!group.isEmpty()) {
      groups.add(new Tuple.Group(path.read(group.getFirst()), group));
    }
    return groups;
  }

  private static Object batch(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("batch", 1, "linecount", "fill_with");
    int size = bound.integer("linecount", 1);
    Object fill = bound.get("fill_with");
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    Iterator<Object> items = Types.iterate(value, run.budget());
    while (items.hasNext()) {
      if (batch.size() == size) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(items.next());
    }
    if (!batch.isEmpty()) {
      if (fill != null && batch.size() < size) {
        run.budget().items(size);
        batch.addAll(Collections.nCopies(size - batch.size(), fill));
      }
      batches.add(batch);
    }
    return new Generator(batches.iterator());
  }

  private static Object slice(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("slice", 1, "slices", "fill_with");
    List<Object> items = Types.toList(value, run.budget());
    int count = bound.integer("slices", 1);
    if (count == 0) {
      throw Errors.failure("integer division or modulo by zero");
    }
    run.budget().items(Math.max(count, 0));
    List<Object> slices = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < count; i++) {
      boolean extra = i < items.size() % count;
      int end = start + items.size() / count + (extra ? 1 : 0);
      List<Object> slice = new ArrayList<>(items.subList(start, end));
      if (bound.get("fill_with") != null && !extra) {
        slice.add(bound.get("fill_with"));
      }
      slices.add(slice);
      start = end;
    }
    return new Generator(slices.iterator());
  }

  private static Object items(Run run, Object value, Arguments arguments) {
    arguments.none("items");
    if (value instanceof Undefined) {
      return new Generator(Collections.emptyIterator());
    }
    if (!(value instanceof Map<?, ?>)) {
      throw Errors.failure("Can only get item pairs from a mapping.");
    }
    return new Generator(pairs(value).iterator());
  }

  private static Object orDefault(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("default", 0, "default_value", "boolean");
    boolean missing =
        value instanceof Undefined || bound.truth("boolean", false) && !Types.truth(value);
    return missing ? bound.get("default_value", "") : value;
  }
}
