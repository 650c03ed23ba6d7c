package io.souffleur.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Floats as Python writes them. */
final class FloatText {
  private FloatText() {}

  /** The shortest text that reads back as the same value, as {@code repr} gives it. */
  static String repr(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal shortest = shortest(value);
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String sign = value < 0 ? "-" : "";
    return sign
        + (exponent < -4 || exponent >= 16
            ? scientific(digits, exponent)
            : positional(digits, exponent));
  }

  /** Java's shortest text always has two digits; Python's may have one. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (exact.precision() == 2) {
      BigDecimal one = exact.setScale(exact.scale() - 1, RoundingMode.HALF_EVEN);
      if (one.doubleValue() == value) {
        return one.stripTrailingZeros();
      }
    }
    return exact;
  }

  private static String positional(String digits, int exponent) {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    if (digits.length() <= exponent + 1) {
      return digits + "0".repeat(exponent + 1 - digits.length()) + ".0";
    }
    return digits.substring(0, exponent + 1) + "." + digits.substring(exponent + 1);
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return digits.charAt(0) + fraction + exponentText(exponent, 'e');
  }

  private static String exponentText(int exponent, char mark) {
    int size = Math.abs(exponent);
    return mark + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
  }

  /**
   * The magnitude of a finite value in one of the forms {@code f}, {@code e}, {@code g} (upper case
   * too); the sign is the caller's.
   *
   * @param alternate keeps the point, and for {@code g} the trailing zeros
   */
  static String format(double value, char type, int precision, boolean alternate) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      String text = Double.isNaN(value) ? "nan" : "inf";
      return Character.isUpperCase(type) ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }
    BigDecimal exact = new BigDecimal(Math.abs(value));
    return switch (type) {
      case 'f', 'F' -> {
        String text = exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        yield alternate && precision == 0 ? text + "." : text;
      }
      case 'e', 'E' -> exponential(exact, type, precision, alternate);
      default -> general(exact, type, Math.max(precision, 1), alternate);
    };
  }

  private static String exponential(BigDecimal value, char mark, int precision, boolean alternate) {
    BigDecimal rounded = significant(value, precision + 1);
    int exponent = exponent(rounded);
    String digits = digits(rounded, precision + 1);
    String point = precision > 0 || alternate ? "." : "";
    return digits.charAt(0) + point + digits.substring(1) + exponentText(exponent, mark);
  }

  private static String general(BigDecimal value, char type, int precision, boolean alternate) {
    BigDecimal rounded = significant(value, precision);
    int exponent = exponent(rounded);
    if (exponent < -4 || exponent >= precision) {
      String text = exponential(rounded, type == 'G' ? 'E' : 'e', precision - 1, alternate);
      int mark = text.indexOf(type == 'G' ? 'E' : 'e');
      return (alternate ? text.substring(0, mark) : trimZeros(text.substring(0, mark)))
          + text.substring(mark);
    }
    String text = rounded
        .setScale(Math.max(precision - 1 - exponent, 0), RoundingMode.HALF_EVEN)
        .toPlainString();
    return alternate ? (text.contains(".") ? text : text + ".") : trimZeros(text);
  }

  private static String trimZeros(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }

  private static BigDecimal significant(BigDecimal value, int count) {
    return value.signum() == 0
        ? value
        : value.round(new java.math.MathContext(count, RoundingMode.HALF_EVEN));
  }

  private static int exponent(BigDecimal value) {
    return value.signum() == 0 ? 0 : value.precision() - 1 - value.scale();
  }

  private static String digits(BigDecimal value, int count) {
    if (value.signum() == 0) {
      return "0".repeat(count);
    }
    String digits = value.unscaledValue().toString();
    return digits.length() >= count
        ? digits.substring(0, count)
        : digits + "0".repeat(count - digits.length());
  }
}
