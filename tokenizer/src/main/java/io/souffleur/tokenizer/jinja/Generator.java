package io.souffleur.tokenizer.jinja;

import java.util.Iterator;

/**
 * A Python generator: items made one by one as they are asked for, once. It has no length, no index,
 * and is true even when it will yield nothing.
 */
final class Generator {
  private final Iterator<Object> items;

  Generator(Iterator<Object> items) {
    this.items = items;
  }

  /** The rest of the items; all callers share one position. */
  Iterator<Object> items() {
    return items;
  }
}
