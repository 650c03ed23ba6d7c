package io.souffleur.tokenizer.jinja;

import java.math.BigInteger;

/** Numbers as Python writes them in source: bases, underscores between digits, exponents. */
final class NumberLiteral {
  private static final int DIGITS_MAX = 4_300; // Python's own limit on decimal text

  private NumberLiteral() {}

  /** The end of the float that starts at {@code from}, or -1 if there is none. */
  static int floatEnd(String source, int from) {
    int end = digits(source, from, 10);
    boolean fraction = false;
    if (at(source, end) == '.' && digits(source, end + 1, 10) > end + 1) {
      end = digits(source, end + 1, 10);
      fraction = true;
    }
    if (at(source, end) == 'e' || at(source, end) == 'E') {
      int exponent = end + (at(source, end + 1) == '+' || at(source, end + 1) == '-' ? 2 : 1);
      int exponentEnd = digits(source, exponent, 10);
      if (exponentEnd > exponent) {
        return exponentEnd;
      }
    }
    return fraction ? end : -1;
  }

  /** The end of the integer that starts at {@code from}, where a digit stands. */
  static int integerEnd(String source, int from) {
    if (source.charAt(from) == '0') {
      int base = base(at(source, from + 1));
      if (base > 0) {
        int start = from + (at(source, from + 2) == '_' ? 3 : 2);
        int end = digits(source, start, base);
        if (end > start) {
          return end;
        }
      }
      int end = from + 1;
      while (at(source, end) == '0' || at(source, end) == '_' && at(source, end + 1) == '0') {
        end++;
      }
      return end;
    }
    return digits(source, from, 10);
  }

  /** The value of an integer literal without underscores. */
  static Object integer(String text, int line) {
    if (text.length() > DIGITS_MAX) {
      throw Errors.syntax(line, "an integer may have at most " + DIGITS_MAX + " digits");
    }
    int base = text.length() > 2 ? base(text.charAt(1)) : 0;
    return Numbers.shrink(
        base > 0 ? new BigInteger(text.substring(2), base) : new BigInteger(text));
  }

  private static int base(char mark) {
    return switch (mark) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      case 'b', 'B' -> 2;
      default -> 0;
    };
  }

  /** Digits with single underscores between them. */
  private static int digits(String source, int from, int base) {
    int end = from;
    while (isDigit(at(source, end), base)
        || end > from && at(source, end) == '_' && isDigit(at(source, end + 1), base)) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c, int base) {
    return c < 0x80 && Character.digit(c, base) >= 0;
  }

  private static char at(String source, int index) {
    return index < source.length() ? source.charAt(index) : 0;
  }
}
