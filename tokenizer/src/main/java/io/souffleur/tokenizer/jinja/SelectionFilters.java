package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Filters.Filter;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that take or change items one by one; all of them return generators. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void register(Map<String, Filter> all) {
    all.put("map", SelectionFilters::map);
    all.put("select", (run, value, arguments) -> select(run, value, arguments, false, true));
    all.put("reject", (run, value, arguments) -> select(run, value, arguments, false, false));
    all.put("selectattr", (run, value, arguments) -> select(run, value, arguments, true, true));
    all.put("rejectattr", (run, value, arguments) -> select(run, value, arguments, true, false));
  }

  private static Object map(Run run, Object value, Arguments arguments) {
    return new Generator(later(() -> {
      if (!Types.truth(value)) {
        return Collections.emptyIterator();
      }
      UnaryOperator<Object> change = change(run, arguments);
      Iterator<Object> items = Types.iterate(value, run.budget());
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return items.hasNext();
        }

        @Override
        public Object next() {
          return change.apply(items.next());
        }
      };
    }));
  }

  private static UnaryOperator<Object> change(Run run, Arguments arguments) {
    if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
      Map<String, Object> rest = new HashMap<>(arguments.named());
      AttributePath path =
          AttributePath.of(rest.remove("attribute"), run.budget()).orElse(rest.remove("default"));
      if (!rest.isEmpty()) {
        throw Errors.failure(
            "Unexpected keyword argument " + Repr.of(rest.keySet().iterator().next()));
      }
      return path::read;
    }
    if (arguments.positional().isEmpty()) {
      throw Errors.failure("map requires a filter argument");
    }
    String name = name(arguments.positional().getFirst(), "filter");
    Arguments rest = arguments.withoutFirst(1);
    return item -> Filters.apply(run, name, item, rest);
  }

  private static String name(Object value, String kind) {
    if (!Types.isText(value)) {
      throw Errors.failure("No " + kind + " named " + Repr.shallow(value) + ".");
    }
    return Types.text(value);
  }

  private static Object select(
      Run run, Object value, Arguments arguments, boolean byAttribute, boolean wanted) {
    return new Generator(later(() -> {
      if (!Types.truth(value)) {
        return Collections.emptyIterator();
      }
      List<Object> given = arguments.positional();
      if (byAttribute && given.isEmpty()) {
        throw Errors.failure("Missing parameter for attribute name");
      }
      AttributePath path = AttributePath.of(byAttribute ? given.getFirst() : null, run.budget());
      int skip = byAttribute ? 1 : 0;
      Predicate<Object> test;
      if (given.size() > skip) {
        String name = name(given.get(skip), "test");
        Arguments rest = arguments.withoutFirst(skip + 1);
        test = item -> Types.truth(Tests.apply(run, name, path.read(item), rest));
      } else {
        test = item -> Types.truth(path.read(item));
      }
      return selected(Types.iterate(value, run.budget()), item -> test.test(item) == wanted);
    }));
  }

  /** The items that pass; the predicate is asked once for each, when its turn comes. */
  static Iterator<Object> selected(Iterator<Object> items, Predicate<Object> predicate) {
    return new Iterator<>() {
      private Object next;
      private boolean ready;

      @Override
      public boolean hasNext() {
        while (!ready && items.hasNext()) {
          next = items.next();
          ready = predicate.test(next);
        }
        return ready;
      }

      @Override
      public Object next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ready = false;
        return next;
      }
    };
  }

  /** Starts nothing, and so fails on nothing, before the first item is asked for. */
  private static Iterator<Object> later(java.util.function.Supplier<Iterator<Object>> start) {
    return new Iterator<>() {
      private Iterator<Object> items;

      private Iterator<Object> items() {
        if (items == null) {
          items = start.get();
        }
        return items;
      }

      @Override
      public boolean hasNext() {
        return items().hasNext();
      }

      @Override
      public Object next() {
        return items().next();
      }
    };
  }
}
