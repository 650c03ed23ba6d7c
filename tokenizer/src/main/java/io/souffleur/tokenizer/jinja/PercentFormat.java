package io.souffleur.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** {@code format % values}: Python's printf-style formatting. An instance formats once. */
final class PercentFormat {
  private final String format;
  private final Object values;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();
  private int position;
  private int used;

  private PercentFormat(String format, Object values, Budget budget) {
    this.format = format;
    this.values = values;
    this.budget = budget;
  }

  /** @param values a tuple, a map for named fields, or one value */
  static String format(String format, Object values, Budget budget) {
    var run = new PercentFormat(format, values, budget);
    run.format();
    if (values instanceof Tuple tuple
        ? run.used < tuple.size()
        : run.used == 0 && !hasItems(values)) {
      throw Errors.failure("not all arguments converted during string formatting");
    }
    budget.text(run.out.length());
    return run.out.toString();
  }

  /** Such a value might serve named fields, so Python does not call it left over. */
  private static boolean hasItems(Object value) {
    return value instanceof Map<?, ?> || value instanceof List<?> || value instanceof Undefined;
  }

  private void format() {
    while (position < format.length()) {
      char c = format.charAt(position++);
      if (c == '%') {
        field();
      } else {
        out.append(c);
      }
    }
  }

  private void field() {
    Object named = null;
    boolean hasName = peek() == '(';
    if (hasName) {
      named = namedValue();
    }
    String flags = flags();
    int width = number();
    if (width < 0) {
      width = -width;
      flags += "-";
    }
    int precision = -1;
    if (peek() == '.') {
      position++;
      precision = Math.max(number(), 0);
    }
    while (peek() == 'l' || peek() == 'h' || peek() == 'L') {
      position++;
    }
    if (position >= format.length()) {
      throw Errors.failure("incomplete format");
    }
    char type = format.charAt(position++);
    if (type == '%') {
      out.append('%');
      return;
    }
    Object value = hasName ? named : nextValue();
    pad(convert(type, value, flags, precision), type, flags, width);
  }

  private char peek() {
    return position < format.length() ? format.charAt(position) : 0;
  }

  private Object namedValue() {
    int end = format.indexOf(')', position);
    if (end < 0) {
      throw Errors.failure("incomplete format key");
    }
    if (!(values instanceof Map<?, ?> map)) {
      throw Errors.failure("format requires a mapping");
    }
    String key = format.substring(position + 1, end);
    if (!map.containsKey(key)) {
      throw Errors.failure(Repr.of(key));
    }
    position = end + 1;
    return map.get(key);
  }

  private Object nextValue() {
    if (values instanceof Tuple tuple) {
      if (used >= tuple.size()) {
        throw Errors.failure("not enough arguments for format string");
      }
      return tuple.get(used++);
    }
    if (used++ > 0) {
      throw Errors.failure("not enough arguments for format string");
    }
    return values;
  }

  private String flags() {
    int start = position;
    while (peek() != 0 && "#0- +".indexOf(peek()) >= 0) {
      position++;
    }
    return format.substring(start, position);
  }

  private int number() {
    if (peek() == '*') {
      position++;
      return Numbers.clampedInt(nextValue());
    }
    long number = 0;
    while (peek() >= '0' && peek() <= '9') {
      number = number * 10 + (format.charAt(position++) - '0');
      budget.fits(number);
    }
    return (int) number;
  }

  private String convert(char type, Object value, String flags, int precision) {
    return switch (type) {
      case 's' -> cut(Repr.str(value, budget), precision);
      case 'r', 'a' -> cut(Repr.repr(value, budget), precision);
      case 'c' -> character(value);
      case 'd', 'i', 'u' -> signed(integer(type, value), 10, "", flags, precision);
      case 'x' -> signed(exactInteger(type, value), 16, "0x", flags, precision);
      case 'X' ->
        signed(exactInteger(type, value), 16, "0X", flags, precision)
            .toUpperCase(java.util.Locale.ROOT);
      case 'o' -> signed(exactInteger(type, value), 8, "0o", flags, precision);
      case 'e', 'E', 'f', 'F', 'g', 'G' -> real(type, value, flags, precision);
      default -> throw Errors.failure("unsupported format character '" + type + "'");
    };
  }

  private static String cut(String text, int precision) {
    return precision < 0 || Text.length(text) <= precision
        ? text
        : text.substring(0, text.offsetByCodePoints(0, precision));
  }

  private static String character(Object value) {
    if (value instanceof Long l && l >= 0 && l <= Character.MAX_CODE_POINT) {
      return Text.character(l.intValue());
    }
    if (Types.isText(value) && Text.length(Types.text(value)) == 1) {
      return Types.text(value);
    }
    throw Errors.failure("%c requires int or char");
  }

  private static BigInteger integer(char type, Object value) {
    if (value instanceof Double d && !Double.isNaN(d) && !Double.isInfinite(d)) {
      return new BigDecimal(d).toBigInteger();
    }
    if (!Types.isInteger(value)) {
      throw Errors.failure(
          "%" + type + " format: a real number is required, not " + Types.name(value));
    }
    return Numbers.big(value);
  }

  private static BigInteger exactInteger(char type, Object value) {
    if (!Types.isInteger(value)) {
      throw Errors.failure(
          "%" + type + " format: an integer is required, not " + Types.name(value));
    }
    return Numbers.big(value);
  }

  private String signed(BigInteger value, int base, String prefix, String flags, int precision) {
    String digits = value.abs().toString(base);
    if (digits.length() < precision) {
      budget.fits(precision);
      digits = "0".repeat(precision - digits.length()) + digits;
    }
    return sign(value.signum() < 0, flags) + (flags.indexOf('#') >= 0 ? prefix : "") + digits;
  }

  private static String sign(boolean negative, String flags) {
    return negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
  }

  private String real(char type, Object value, String flags, int precision) {
    if (!Types.isNumber(value)) {
      throw Errors.failure("must be real number, not " + Types.name(value));
    }
    double number = Numbers.real(value);
    boolean negative = number < 0 || number == 0 && 1 / number < 0;
    int digits = precision < 0 ? 6 : precision;
    budget.fits(digits);
    return sign(negative, flags) + FloatText.format(number, type, digits, flags.indexOf('#') >= 0);
  }

  private void pad(String text, char type, String flags, int width) {
    int missing = width - Text.length(text);
    if (missing <= 0) {
      out.append(text);
      return;
    }
    budget.fits((long) out.length() + width);
    if (flags.indexOf('-') >= 0) {
      out.append(text).repeat(" ", missing);
    } else if (flags.indexOf('0') >= 0 && "srac".indexOf(type) < 0) {
      int at = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
      if (text.startsWith("0x", at) || text.startsWith("0X", at) || text.startsWith("0o", at)) {
        at += 2;
      }
      out.append(text, 0, at).repeat("0", missing).append(text, at, text.length());
    } else {
      out.repeat(" ", missing).append(text);
    }
  }
}
