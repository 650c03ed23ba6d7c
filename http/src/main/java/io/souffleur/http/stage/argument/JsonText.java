package io.souffleur.http.stage.argument;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;

/**
 * JSON text in the form that clients of the reference server know: {@code ", "} and {@code ": "} as
 * separators, non-ASCII characters as they are, floating-point numbers in shortest form.
 */
public final class JsonText {

  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /** One string with its quotes; a lone surrogate is escaped, because UTF-8 cannot hold it. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    quote(text, out);
    return out.toString();
  }

  /** Any value whose numbers are finite. */
  public static String of(JsonNode value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /**
   * Shortest digits that give the same double back: {@code 3.0}, {@code 899.5}, {@code 1e+16},
   * {@code 1e-05}.
   *
   * @param value finite
   */
  public static String number(double value) {
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (decimal.signum() == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      return decimal.scale() <= 0 ? decimal.toPlainString() + ".0" : decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    StringBuilder out = new StringBuilder();
    out.append(decimal.signum() < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    out.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent));
    return out.toString();
  }

  private static void write(JsonNode value, StringBuilder out) {
    if (value.isTextual()) {
      quote(value.textValue(), out);
    } else if (value.isFloatingPointNumber()) {
      out.append(number(value.doubleValue()));
    } else if (value.isArray()) {
      out.append('[');
      for (int i = 0; i < value.size(); i++) {
        out.append(i == 0 ? "" : ", ");
        write(value.get(i), out);
      }
      out.append(']');
    } else if (value.isObject()) {
      out.append('{');
      Iterator<Map.Entry<String, JsonNode>> fields = value.properties().iterator();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        quote(field.getKey(), out);
        out.append(": ");
        write(field.getValue(), out);
        out.append(fields.hasNext() ? ", " : "");
      }
      out.append('}');
    } else {
      out.append(value.asText());
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c) && paired(text, i)) {
        out.append(c);
      } else {
        character(c, out);
      }
    }
    out.append('"');
  }

  /** One character of a string; a surrogate here is a lone one. */
  static void character(char c, StringBuilder out) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      default -> {
        if (c < 0x20 || Character.isSurrogate(c)) {
          out.append("\\u")
              .append(HEX.charAt(c >> 12))
              .append(HEX.charAt(c >> 8 & 15))
              .append(HEX.charAt(c >> 4 & 15))
              .append(HEX.charAt(c & 15));
        } else {
          out.append(c);
        }
      }
    }
  }

  private static boolean paired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
