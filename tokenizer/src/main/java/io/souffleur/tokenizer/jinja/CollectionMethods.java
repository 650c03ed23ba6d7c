package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Methods of dicts, lists and tuples that read; those that write are refused when used. */
final class CollectionMethods {
  private CollectionMethods() {}

  /** The bound method, an unsafe undefined, or null if a dict has no such attribute. */
  static Object ofDict(Map<Object, Object> dict, String name) {
    return switch (name) {
      case "get" -> (Callable) (run, arguments) -> get(dict, arguments);
      case "keys" -> view(DictView.Kind.KEYS, dict, name);
      case "values" -> view(DictView.Kind.VALUES, dict, name);
      case "items" -> view(DictView.Kind.ITEMS, dict, name);
      case "copy" ->
        (Callable) (run, arguments) -> {
          arguments.none(name);
          run.budget().items(dict.size());
          return new LinkedHashMap<>(dict);
        };
      case "clear", "pop", "popitem", "setdefault", "update" -> Undefined.unsafe(dict, name);
      default -> null;
    };
  }

  private static Object get(Map<Object, Object> dict, Arguments arguments) {
    if (!arguments.named().isEmpty()) {
      throw Errors.failure("dict.get() takes no keyword arguments");
    }
    var bound = arguments.bind("get", 1, "key", "default");
    Object key = Types.key(bound.get("key"));
    return dict.containsKey(key) ? dict.get(key) : bound.get("default");
  }

  private static Callable view(DictView.Kind kind, Map<Object, Object> dict, String name) {
    return (run, arguments) -> {
      arguments.none(name);
      return new DictView(kind, dict);
    };
  }

  /** The bound method, an unsafe undefined, or null if a list (or tuple) has no such attribute. */
  static Object ofList(List<Object> list, String name) {
    return switch (name) {
      case "count" ->
        (Callable) (run, arguments) -> {
          Object wanted = arguments.bind(name, 1, "value").get("value");
          return list.stream()
              .filter(item -> Comparison.equal(item, wanted, run.budget()))
              .count();
        };
      case "index" -> (Callable) (run, arguments) -> index(list, arguments, run);
      case "copy" ->
        Types.isList(list)
            ? (Callable) (run, arguments) -> {
              arguments.none(name);
              run.budget().items(list.size());
              return new ArrayList<>(list);
            }
            : null;
      case "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove" ->
        Types.isList(list) ? Undefined.unsafe(list, name) : null;
      default -> null;
    };
  }

  private static Object index(List<Object> list, Arguments arguments, Run run) {
    var bound = arguments.bind("index", 1, "value", "start", "stop");
    int from = place(bound.integer("start", 0), list.size());
    int to = place(bound.integer("stop", Integer.MAX_VALUE), list.size());
    for (int i = from; i < to; i++) {
      if (Comparison.equal(list.get(i), bound.get("value"), run.budget())) {
        return (long) i;
      }
    }
    throw Errors.failure(Repr.repr(bound.get("value"), run.budget()) + " is not in list");
  }

  private static int place(int index, int size) {
    return Math.clamp(index < 0 ? (long) index + size : index, 0, size);
  }
}
