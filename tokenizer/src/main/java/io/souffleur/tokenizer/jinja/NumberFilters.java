package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Filters.Filter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Filters whose result is a number. */
final class NumberFilters {
  private static final int DIGITS_MAX = 4_300;

  private NumberFilters() {}

  static void register(Map<String, Filter> all) {
    all.put("abs", (run, value, arguments) -> {
      arguments.none("abs");
      return Numbers.absolute(value);
    });
    all.put("int", NumberFilters::toInt);
    all.put("float", NumberFilters::toFloat);
    all.put("round", NumberFilters::round);
    all.put("sum", NumberFilters::sum);
  }

  private static Object toInt(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("int", 0, "default", "base");
    if (value instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    Optional<Object> whole = Types.isText(value)
        ? parseInt(Types.text(value), base(bound.get("base", 10L)))
        : truncated(value);
    if (whole.isEmpty() && Types.isText(value)) {
      whole = parseFloat(Types.text(value)).flatMap(NumberFilters::truncated);
    }
    return whole.orElseGet(() -> bound.get("default", 0L));
  }

  /** A base that is no integer reads nothing. */
  private static int base(Object base) {
    return Types.isInteger(base) ? Numbers.clampedInt(base) : 1;
  }

  private static Optional<Object> truncated(Object value) {
    if (value instanceof Double d) {
      return Double.isNaN(d) || Double.isInfinite(d)
          ? Optional.empty()
          : Optional.of(Numbers.shrink(new BigDecimal(d).toBigInteger()));
    }
    return Types.isInteger(value) ? Optional.of(Numbers.plus(value)) : Optional.empty();
  }

  /** What {@code int(text, base)} reads; base 0 follows the prefix. */
  private static Optional<Object> parseInt(String text, int base) {
    String digits = Text.strip(text, null, true, true).toLowerCase(Locale.ROOT);
    boolean negative = digits.startsWith("-");
    if (negative || digits.startsWith("+")) {
      digits = digits.substring(1);
    }
    int radix = base;
    int prefixed = digits.length() > 1 && digits.charAt(0) == '0'
        ? switch (digits.charAt(1)) {
          case 'x' -> 16;
          case 'o' -> 8;
          case 'b' -> 2;
          default -> 0;
        }
        : 0;
    if (prefixed != 0 && (base == 0 || base == prefixed)) {
      digits = digits.substring(2);
      digits = digits.startsWith("_") ? digits.substring(1) : digits;
      radix = prefixed;
    } else if (base == 0) {
      radix = 10;
    }
    boolean wellFormed = !digits.isEmpty()
        && digits.length() <= DIGITS_MAX
        && !digits.startsWith("_")
        && !digits.endsWith("_")
        && !digits.contains("__")
        && radix >= 2
        && radix <= 36;
    String plain = digits.replace("_", "");
    for (int i = 0; wellFormed && i < plain.length(); i++) {
      wellFormed = Character.digit(plain.charAt(i), radix) >= 0;
    }
    if (!wellFormed) {
      return Optional.empty();
    }
    BigInteger value = new BigInteger(plain, radix);
    return Optional.of(Numbers.shrink(negative ? value.negate() : value));
  }

  private static Object toFloat(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("float", 0, "default");
    if (value instanceof Undefined undefined) {
      throw Errors.failure(undefined.message());
    }
    if (Types.isNumber(value)) {
      return Numbers.real(value);
    }
    Optional<Object> parsed =
        Types.isText(value) ? parseFloat(Types.text(value)) : Optional.empty();
    return parsed.orElseGet(() -> bound.get("default", 0.0));
  }

  private static Optional<Object> parseFloat(String text) {
    String trimmed = Text.strip(text, null, true, true).toLowerCase(Locale.ROOT);
    String unsigned =
        trimmed.startsWith("-") || trimmed.startsWith("+") ? trimmed.substring(1) : trimmed;
    double sign = trimmed.startsWith("-") ? -1 : 1;
    switch (unsigned) {
      case "inf", "infinity":
        return Optional.of(sign * Double.POSITIVE_INFINITY);
      case "nan":
        return Optional.of(Double.NaN);
      default:
        break;
    }
    boolean digitBefore = false;
    for (int i = 0; i < unsigned.length(); i++) {
      char c = unsigned.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      boolean nextDigit =
          i + 1 < unsigned.length() && Character.digit(unsigned.charAt(i + 1), 10) >= 0;
      if (!digit && "+-.e".indexOf(c) < 0 && !(c == '_' && digitBefore && nextDigit)) {
        return Optional.empty(); // Java would also read hexadecimal forms and type suffixes
      }
      digitBefore = digit;
    }
    try {
      return Optional.of(sign * Double.parseDouble(unsigned.replace("_", "")));
    } catch (NumberFormatException malformed) {
      return Optional.empty();
    }
  }

  private static Object round(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("round", 0, "precision", "method");
    int precision = bound.integer("precision", 0);
    String method = bound.has("method") ? bound.text("method") : "common";
    if (!Types.isNumber(value)) {
      throw value instanceof Undefined undefined
          ? Errors.failure(undefined.message())
          : Errors.failure("type " + Types.name(value) + " doesn't define __round__ method");
    }
    return switch (method) {
      case "common" -> Numbers.round(value, precision);
      case "ceil", "floor" -> {
        Object scale = Numbers.apply("**", 10L, (long) precision, run.budget().limits());
        Object scaled = Numbers.apply("*", value, scale, run.budget().limits());
        Object whole = scaled instanceof Double d
            ? whole(method.equals("ceil") ? Math.ceil(d) : Math.floor(d))
            : scaled;
        yield Numbers.apply("/", whole, scale, run.budget().limits());
      }
      default -> throw Errors.failure("method must be common, ceil or floor");
    };
  }

  private static Object whole(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw Errors.failure("cannot convert float infinity or NaN to integer");
    }
    return Numbers.shrink(new BigDecimal(value).toBigInteger());
  }

  private static Object sum(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("sum", 0, "attribute", "start");
    AttributePath path = AttributePath.of(bound.get("attribute"), run.budget());
    Object total = bound.get("start", 0L);
    if (Types.isText(total)) {
      throw Errors.failure("sum() can't sum strings [use ''.join(seq) instead]");
    }
    Iterator<Object> items = Types.iterate(value, run.budget());
    while (items.hasNext()) {
      total = Operators.binary("+", total, path.read(items.next()), run.budget());
    }
    return total;
  }
}
