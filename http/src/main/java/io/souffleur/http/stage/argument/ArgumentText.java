package io.souffleur.http.stage.argument;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Converts one argument value by the type in its schema; what does not fit its type stays a string.
 *
 * <p>A list of types and {@code anyOf} or {@code oneOf} mean the first of them that fits, null
 * aside. Numbers that JSON cannot hold (infinite, not a number) are strings.
 */
final class ArgumentText {

  /** Nesting of a JSON or literal value; deeper ones stay strings. */
  static final int DEPTH_MAX = 64;

  /** Digits of an integer; longer ones stay strings. */
  static final int INTEGER_DIGITS_MAX = 4300;

  private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder()
              .maxNestingDepth(DEPTH_MAX)
              .maxNumberLength(INTEGER_DIGITS_MAX)
              .build())
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private ArgumentText() {}

  /** A value without a schema. */
  static String untyped(String text) {
    return isNull(text) ? "null" : JsonText.quoted(text);
  }

  static String json(JsonNode schema, String text) {
    if (isNull(text)) {
      return "null";
    }
    for (String type : types(schema)) {
      Optional<String> value = convert(type.strip().toLowerCase(Locale.ROOT), text);
      if (value.isPresent()) {
        return value.get();
      }
    }
    return JsonText.quoted(text);
  }

  /** Types to try in turn, without null; empty when the schema names none. */
  private static List<String> types(JsonNode schema) {
    List<String> types = new ArrayList<>();
    collectTypes(schema, types, 0);
    return types;
  }

  private static void collectTypes(JsonNode schema, List<String> types, int depth) {
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      addType(type, types);
    } else if (type.isArray()) {
      type.forEach(each -> addType(each, types));
    } else if (depth < DEPTH_MAX) {
      for (String choice : List.of("anyOf", "oneOf")) {
        schema.path(choice).forEach(each -> collectTypes(each, types, depth + 1));
      }
    }
  }

  private static void addType(JsonNode type, List<String> types) {
    if (type.isTextual() && !type.textValue().equals("null")) {
      types.add(type.textValue());
    }
  }

  /** Empty when the text does not fit the type. */
  private static Optional<String> convert(String type, String text) {
    return switch (type) {
      case "string", "str", "text", "varchar", "char", "enum" -> Optional.of(JsonText.quoted(text));
      case "boolean", "bool", "binary" ->
        Optional.of(String.valueOf(text.equalsIgnoreCase("true")));
      case "object", "array", "arr" -> structure(text);
      default -> convertByPrefix(type, text);
    };
  }

  private static Optional<String> convertByPrefix(String type, String text) {
    if (startsWithAny(type, "int", "uint", "long", "short", "unsigned")) {
      return integer(text).map(BigInteger::toString);
    }
    if (startsWithAny(type, "num", "float")) {
      return number(text);
    }
    if (startsWithAny(type, "dict", "list")) {
      return structure(text);
    }
    return PythonLiteral.json(text);
  }

  /** An integer with blanks around it, a sign, and underscores between digits. */
  static Optional<BigInteger> integer(String text) {
    String digits = text.strip();
    String unsigned =
        digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
    if (!isDigitGroups(unsigned) || unsigned.length() > INTEGER_DIGITS_MAX) {
      return Optional.empty();
    }
    return Optional.of(new BigInteger(digits.replace("_", "")));
  }

  /** A finite number; whole and written without point or exponent it is an integer. */
  private static Optional<String> number(String text) {
    Optional<BigInteger> whole = integer(text);
    if (whole.isPresent()) {
      return whole.map(BigInteger::toString);
    }
    return decimal(text.strip()).map(JsonText::number);
  }

  /** A finite decimal fraction or power such as {@code -1_000.5}, {@code .5}, {@code 1e3}. */
  static Optional<Double> decimal(String text) {
    String plain = text;
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      boolean lone = c == '_'
          && !(i > 0 && i + 1 < plain.length() && isDigit(plain, i - 1) && isDigit(plain, i + 1));
      if (lone || !digit && "+-._eE".indexOf(c) < 0) {
        return Optional.empty();
      }
    }
    try {
      double value = Double.parseDouble(plain.replace("_", ""));
      return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> structure(String text) {
    return strictJson(text).or(() -> PythonLiteral.json(text));
  }

  private static Optional<String> strictJson(String text) {
    try {
      JsonNode value = JSON.readTree(text);
      return value.isMissingNode() || !finite(value)
          ? Optional.empty()
          : Optional.of(JsonText.of(value));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** A literal such as 1e999 is legal JSON text, but no double. */
  private static boolean finite(JsonNode value) {
    if (value.isFloatingPointNumber()) {
      return Double.isFinite(value.doubleValue());
    }
    for (JsonNode child : value) {
      if (!finite(child)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNull(String text) {
    return text.equalsIgnoreCase("null");
  }

  private static boolean isDigitGroups(String text) {
    for (int i = 0; i < text.length(); i++) {
      boolean underscore =
          text.charAt(i) == '_' && i > 0 && i + 1 < text.length() && isDigit(text, i - 1);
      if (!underscore && !isDigit(text, i)) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isDigit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static boolean startsWithAny(String type, String... prefixes) {
    for (String prefix : prefixes) {
      if (type.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
