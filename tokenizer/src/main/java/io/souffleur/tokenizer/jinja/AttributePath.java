package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A path such as {@code function.name} or {@code parts.0}, as filters take it. */
record AttributePath(List<Object> parts, Object whenUndefined, boolean hasDefault, Budget budget) {
  /** @param attribute a text with dots, an integer, or null for the item itself */
  static AttributePath of(Object attribute, Budget budget) {
    List<Object> parts = new ArrayList<>();
    if (Types.isText(attribute)) {
      for (Object part : Split.by(Types.text(attribute), ".", Long.MAX_VALUE)) {
        parts.add(part(Types.text(part)));
      }
    } else if (attribute != null) {
      parts.add(attribute);
    }
    return new AttributePath(parts, null, false, budget);
  }

  private static Object part(String text) {
    boolean number =
        !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? (Object) Long.valueOf(text) : text;
  }

  /** Takes {@code value} wherever a step of the path finds nothing; null means no default. */
  AttributePath orElse(Object value) {
    return new AttributePath(parts, value, value != null, budget);
  }

  Object read(Object item) {
    Object value = item;
    for (Object part : parts) {
      value = Access.item(value, part, budget);
      if (hasDefault && value instanceof Undefined) {
        value = whenUndefined;
      }
    }
    return value;
  }

  /** As {@link #read}; a text loses its case. */
  Object readFolded(Object item, boolean caseSensitive) {
    Object value = read(item);
    return !caseSensitive && Types.isText(value)
        ? Types.text(value).toLowerCase(java.util.Locale.ROOT)
        : value;
  }

  Iterator<Object> mapped(Iterator<Object> items) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        return read(items.next());
      }
    };
  }
}
