package io.souffleur.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;

/**
 * Names visible in one place: those assigned here, then those of the scope around it. A loop turn, a
 * macro call and a block each have their own; an {@code if} has not. One thread.
 */
final class Scope {
  /** Stands for "no such name", where null would be a value. */
  static final Object MISSING = new Object();

  private final Scope parent;
  private final Map<String, Object> names = new HashMap<>();

  Scope(Scope parent) {
    this.parent = parent;
  }

  /** The value, or {@link #MISSING}. */
  Object find(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.names.get(name);
      if (value != null || scope.names.containsKey(name)) {
        return value;
      }
    }
    return MISSING;
  }

  void set(String name, Object value) {
    names.put(name, value);
  }
}
