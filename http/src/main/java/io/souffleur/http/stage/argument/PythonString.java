package io.souffleur.http.stage.argument;

/** Reads one Python string literal, with its prefix, quotes and escapes. */
final class PythonString {

  private final String text;
  private int at;

  /** @param at where the prefix or the quote stands */
  PythonString(String text, int at) {
    this.text = text;
    this.at = at;
  }

  /** Appends the value; returns the index behind the closing quote, or -1 for a broken literal. */
  int read(StringBuilder value) {
    boolean raw = false;
    while (text.charAt(at) != '\'' && text.charAt(at) != '"') {
      raw |= text.charAt(at) == 'r' || text.charAt(at) == 'R';
      at++;
    }
    String quote = text.substring(at, at + 1);
    String triple = quote.repeat(3);
    boolean isTriple = text.startsWith(triple, at);
    String end = isTriple ? triple : quote;
    at += end.length();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith(end, at)) {
        return at + end.length();
      }
      if (c == '\n' && !isTriple) {
        return -1;
      }
      if (c != '\\') {
        value.append(c);
        at++;
      } else if (at + 1 >= text.length()) {
        return -1;
      } else if (raw) {
        value.append(c).append(text.charAt(at + 1));
        at += 2;
      } else if (!escape(value)) {
        return -1;
      }
    }
    return -1;
  }

  private boolean escape(StringBuilder value) {
    char kind = text.charAt(at + 1);
    at += 2;
    switch (kind) {
      case '\n' -> {}
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'a' -> value.append('\u0007');
      case 'v' -> value.append('\u000b');
      case '\\', '\'', '"' -> value.append(kind);
      case 'x' -> {
        return hex(2, value);
      }
      case 'u' -> {
        return hex(4, value);
      }
      case 'U' -> {
        return hex(8, value);
      }
      case 'N' -> {
        return false;
      }
      default -> {
        if (kind >= '0' && kind <= '7') {
          octal(value);
        } else {
          value.append('\\').append(kind);
        }
      }
    }
    return true;
  }

  private boolean hex(int digits, StringBuilder value) {
    int code = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0 || code > Character.MAX_CODE_POINT) {
        return false;
      }
      code = code * 16 + digit;
      at++;
    }
    if (code > Character.MAX_CODE_POINT) {
      return false;
    }
    value.appendCodePoint(code);
    return true;
  }

  private void octal(StringBuilder value) {
    int code = 0;
    at--;
    for (int i = 0; i < 3 && at < text.length(); i++) {
      int digit = Character.digit(text.charAt(at), 8);
      if (digit < 0) {
        break;
      }
      code = code * 8 + digit;
      at++;
    }
    value.append((char) code);
  }
}
