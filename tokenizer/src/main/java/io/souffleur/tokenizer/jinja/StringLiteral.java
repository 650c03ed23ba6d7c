package io.souffleur.tokenizer.jinja;

/** Escapes in string literals, as Python's {@code unicode-escape} reads them. */
final class StringLiteral {
  private StringLiteral() {}

  static String unescape(String written, int line) {
    if (written.indexOf('\\') < 0) {
      return written;
    }
    StringBuilder out = new StringBuilder(written.length());
    int i = 0;
    while (i < written.length()) {
      char c = written.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = written.charAt(i++);
      switch (escape) {
        case '\n' -> {}
        case '\\', '\'', '"' -> out.append(escape);
        case 'a' -> out.append('\u0007');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'v' -> out.append('\u000B');
        case 'x' -> i = hex(written, i, 2, out, line);
        case 'u' -> i = hex(written, i, 4, out, line);
        case 'U' -> i = hex(written, i, 8, out, line);
        case 'N' -> i = named(written, i, out, line);
        case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(written, i - 1, out);
        default -> out.append('\\').append(escape);
      }
    }
    return out.toString();
  }

  private static int hex(String text, int from, int count, StringBuilder out, int line) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0 || value > 0xFFFFFF) {
        throw Errors.syntax(line, "truncated escape in a string");
      }
      value = value << 4 | digit;
    }
    if (!Character.isValidCodePoint(value)) {
      throw Errors.syntax(line, "illegal Unicode character in a string");
    }
    out.appendCodePoint(value);
    return from + count;
  }

  private static int octal(String text, int from, StringBuilder out) {
    int value = 0;
    int i = from;
    while (i < text.length() && i < from + 3 && text.charAt(i) >= '0' && text.charAt(i) <= '7') {
      value = value << 3 | text.charAt(i++) - '0';
    }
    out.append((char) value);
    return i;
  }

  private static int named(String text, int from, StringBuilder out, int line) {
    int end = from < text.length() && text.charAt(from) == '{' ? text.indexOf('}', from) : -1;
    if (end < 0) {
      throw Errors.syntax(line, "malformed \\N character escape");
    }
    try {
      out.appendCodePoint(Character.codePointOf(text.substring(from + 1, end)));
    } catch (IllegalArgumentException unknown) {
      throw Errors.syntax(line, "unknown Unicode character name");
    }
    return end + 1;
  }
}
