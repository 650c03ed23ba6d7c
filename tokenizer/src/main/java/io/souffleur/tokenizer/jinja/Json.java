package io.souffleur.tokenizer.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JSON text as Python's {@code json.dumps} writes it: keys in order, nothing escaped for HTML. */
final class Json {
  /**
   * @param indent null for one line; else put before each level, empty for bare line breaks
   * @param itemSeparator between items, before a line break if there is one
   * @param sortKeys orders keys by code points
   */
  record Style(
      boolean ensureAscii,
      String indent,
      String itemSeparator,
      String keySeparator,
      boolean sortKeys) {}

  private final Style style;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private Json(Style style, Budget budget) {
    this.style = style;
    this.budget = budget;
  }

  static String dumps(Object value, Style style, Budget budget) {
    var json = new Json(style, budget);
    json.append(value, 0);
    budget.text(json.out.length());
    return json.out.toString();
  }

  private void append(Object value, int level) {
    budget.nested(level);
    budget.fits(out.length());
    switch (value) {
      case String s -> quote(s);
      case Markup m -> quote(m.text());
      case Range r -> throw notSerializable(r);
      case List<?> l -> array(l, level);
      case Map<?, ?> m -> object(m, level);
      case null -> out.append(scalar(value));
      default -> out.append(scalar(value));
    }
  }

  private static String scalar(Object value) {
    return switch (value) {
      case null -> "null";
      case Boolean b -> b.toString();
      case Long l -> l.toString();
      case BigInteger i -> i.toString();
      case Double d ->
        Double.isNaN(d)
            ? "NaN"
            : Double.isInfinite(d) ? (d > 0 ? "Infinity" : "-Infinity") : FloatText.repr(d);
      default -> throw notSerializable(value);
    };
  }

  private static RuntimeException notSerializable(Object value) {
    return Errors.failure("Object of type " + Types.name(value) + " is not JSON serializable");
  }

  private void array(List<?> items, int level) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    boolean first = true;
    for (Object item : items) {
      separate(first, level + 1);
      first = false;
      append(item, level + 1);
    }
    lineBreak(level);
    out.append(']');
  }

  private void object(Map<?, ?> map, int level) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    if (style.sortKeys()) {
      entries.sort((a, b) -> orderKeys(a.getKey(), b.getKey()));
    }
    out.append('{');
    boolean first = true;
    for (var entry : entries) {
      separate(first, level + 1);
      first = false;
      quote(key(entry.getKey()));
      out.append(style.keySeparator());
      append(entry.getValue(), level + 1);
    }
    lineBreak(level);
    out.append('}');
  }

  private int orderKeys(Object a, Object b) {
    if (Comparison.equal(a, b, budget)) {
      return 0;
    }
    return Comparison.ordered("<", a, b, budget) ? -1 : 1;
  }

  private static String key(Object key) {
    return switch (key) {
      case String s -> s;
      case null -> "null";
      case Boolean b -> b.toString();
      case Long l -> l.toString();
      case BigInteger i -> i.toString();
      case Double d -> scalar(d);
      default ->
        throw Errors.failure("keys must be str, int, float, bool or None, not " + Types.name(key));
    };
  }

  private void separate(boolean first, int level) {
    if (!first) {
      out.append(style.itemSeparator());
    }
    lineBreak(level);
  }

  private void lineBreak(int level) {
    if (style.indent() != null) {
      budget.fits((long) out.length() + (long) level * style.indent().length());
      out.append('\n').repeat(style.indent(), level);
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        default -> {
          if (c < 0x20 || style.ensureAscii() && c > 0x7E) {
            unicode(c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private void unicode(char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(Character.forDigit(c >> shift & 0xF, 16));
    }
  }
}
