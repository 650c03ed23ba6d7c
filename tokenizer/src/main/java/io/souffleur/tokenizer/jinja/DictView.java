package io.souffleur.tokenizer.jinja;

import java.util.Iterator;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict return. */
record DictView(Kind kind, Map<Object, Object> dict) implements Iterable<Object> {
  enum Kind {
    KEYS,
    VALUES,
    ITEMS
  }

  @Override
  public Iterator<Object> iterator() {
    return switch (kind) {
      case KEYS -> dict.keySet().iterator();
      case VALUES -> dict.values().iterator();
      case ITEMS -> {
        var entries = dict.entrySet().iterator();
        yield new Iterator<>() {
          @Override
          public boolean hasNext() {
            return entries.hasNext();
          }

          @Override
          public Object next() {
            var entry = entries.next();
            return new Tuple(entry.getKey(), entry.getValue());
          }
        };
      }
    };
  }

  int size() {
    return dict.size();
  }
}
