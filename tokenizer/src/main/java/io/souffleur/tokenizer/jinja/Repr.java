package io.souffleur.tokenizer.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Values as text: Python's {@code str} and {@code repr}. */
final class Repr {
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private Repr(Budget budget) {
    this.budget = budget;
  }

  /** What {@code str(value)} gives. */
  static String str(Object value, Budget budget) {
    return switch (value) {
      case String s -> paid(s, budget);
      case Markup m -> paid(m.text(), budget);
      case Undefined u -> "";
      case null -> repr(value, budget);
      default -> repr(value, budget);
    };
  }

  /** Whoever asks for a text will walk over it. */
  private static String paid(String text, Budget budget) {
    budget.read(text.length());
    return text;
  }

  /** What {@code repr(value)} gives. */
  static String repr(Object value, Budget budget) {
    var repr = new Repr(budget);
    repr.append(value, 0);
    String text = repr.out.toString();
    budget.text(text.length());
    return text;
  }

  /** The repr of a key, for messages. */
  static String shallow(Object key) {
    return switch (key) {
      case String s -> of(s);
      case Long l -> l.toString();
      case null -> "None";
      default -> Types.name(key);
    };
  }

  private void append(Object value, int level) {
    budget.nested(level);
    budget.fits(out.length());
    switch (value) {
      case null -> out.append("None");
      case Boolean b -> out.append(b ? "True" : "False");
      case Long l -> out.append(l.longValue());
      case BigInteger i -> out.append(integer(i));
      case Double d -> out.append(FloatText.repr(d));
      case String s -> out.append(of(s));
      case Markup m -> out.append("Markup(").append(of(m.text())).append(')');
      case Tuple t -> {
        items("(", t, t.size() == 1 ? ",)" : ")", level);
      }
      case Range r -> out.append(r.repr());
      case List<?> l -> items("[", l, "]", level);
      case Map<?, ?> m -> entries(m, level);
      case DictView view -> {
        out.append(Types.name(view)).append('(');
        items("[", view, "]", level);
        out.append(')');
      }
      case Undefined u -> out.append("Undefined");
      case Namespace n -> {
        out.append("<Namespace ");
        entries(n.attributes(), level);
        out.append('>');
      }
      case Macro m -> out.append("<Macro ").append(of(m.name())).append('>');
      case LoopContext l ->
        out.append("<LoopContext ")
            .append(l.index0() + 1)
            .append('/')
            .append(l.length())
            .append('>');
      default -> out.append('<').append(Types.name(value)).append('>');
    }
  }

  private static String integer(BigInteger value) {
    String text = value.toString();
    if (text.length() > 4300 + (value.signum() < 0 ? 1 : 0)) {
      throw Errors.failure("Exceeds the limit (4300 digits) for integer string conversion");
    }
    return text;
  }

  private void items(String open, Iterable<?> items, String close, int level) {
    out.append(open);
    boolean first = true;
    for (Object item : items) {
      if (!first) {
        out.append(", ");
      }
      first = false;
      append(item, level + 1);
    }
    out.append(close);
  }

  private void entries(Map<?, ?> map, int level) {
    out.append('{');
    boolean first = true;
    for (var entry : map.entrySet()) {
      if (!first) {
        out.append(", ");
      }
      first = false;
      append(entry.getKey(), level + 1);
      out.append(": ");
      append(entry.getValue(), level + 1);
    }
    out.append('}');
  }

  /** A string in quotes, escaped where it is not printable. */
  static String of(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
    text.codePoints().forEach(c -> escape(c, quote, quoted));
    return quoted.append(quote).toString();
  }

  private static void escape(int c, char quote, StringBuilder out) {
    switch (c) {
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else if (c <= 0xFF) {
          out.append(String.format("\\x%02x", c));
        } else if (c <= 0xFFFF) {
          out.append(String.format("\\u%04x", c));
        } else {
          out.append(String.format("\\U%08x", c));
        }
      }
    }
  }

  static boolean isPrintable(int c) {
    return c == ' '
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SPACE_SEPARATOR -> false;
          default -> true;
        };
  }
}
