package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Typed access to the fields of one JSON object. A JSON null is the same as an absent field.
 *
 * <p>Values of another type are refused with the field's full path, what was expected and what was
 * found. Unknown fields are nobody's business.
 */
public final class Fields {
  private static final int SHOWN_CHARS_MAX = 100;

  private final JsonNode object;
  private final String prefix;

  /** @param prefix path of this object, with its dot; empty for the body */
  Fields(JsonNode object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  /** The full path of a field, as messages name it. */
  String path(String name) {
    return prefix + name;
  }

  /** The value, or a missing node. */
  JsonNode node(String name) {
    JsonNode value = object.path(name);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  boolean has(String name) {
    return !node(name).isMissingNode();
  }

  Optional<String> string(String name) {
    JsonNode value = node(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw expected(name, "a string", value);
    }
    return Optional.of(value.textValue());
  }

  String requiredString(String name) {
    return string(name).orElseThrow(() -> missing(name, "a string"));
  }

  Optional<Boolean> bool(String name) {
    JsonNode value = node(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw expected(name, "true or false", value);
    }
    return Optional.of(value.booleanValue());
  }

  boolean flag(String name, boolean otherwise) {
    return bool(name).orElse(otherwise);
  }

  /** A whole number in {@code [min, max]}; {@code 3.0} is one, too. */
  OptionalLong integer(String name, long min, long max) {
    JsonNode value = node(name);
    if (value.isMissingNode()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(integer(path(name), value, min, max));
  }

  static long integer(String path, JsonNode value, long min, long max) {
    boolean whole = value.isIntegralNumber()
        || value.isFloatingPointNumber() && value.doubleValue() == Math.rint(value.doubleValue());
    if (!whole) {
      throw expectedAt(path, "an integer", value);
    }
    if (!value.canConvertToLong() || value.longValue() < min || value.longValue() > max) {
      boolean belowMin = value.doubleValue() < min;
      throw ApiException.invalid(
          path + " must be " + range(min, max, belowMin) + ", got " + show(value));
    }
    return value.longValue();
  }

  OptionalDouble number(String name) {
    JsonNode value = node(name);
    if (value.isMissingNode()) {
      return OptionalDouble.empty();
    }
    if (!value.isNumber()) {
      throw expected(name, "a number", value);
    }
    return OptionalDouble.of(value.doubleValue());
  }

  Optional<Fields> object(String name) {
    JsonNode value = node(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(objectAt(value, path(name)));
  }

  /** The elements of an array; empty when the field is absent. */
  List<JsonNode> array(String name, int sizeMax) {
    JsonNode value = node(name);
    if (value.isMissingNode()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw expected(name, "an array", value);
    }
    if (value.size() > sizeMax) {
      throw ApiException.invalid(
          path(name) + " has " + value.size() + " entries, allowed are at most " + sizeMax);
    }
    List<JsonNode> elements = new ArrayList<>(value.size());
    value.forEach(elements::add);
    return elements;
  }

  /** Token ids in {@code [0, idsBelow)}. */
  static int[] ids(JsonNode value, String path, int sizeMax, int idsBelow) {
    if (!value.isArray()) {
      throw expectedAt(path, "an array of token ids", value);
    }
    if (value.size() > sizeMax) {
      throw ApiException.invalid(
          path + " has " + value.size() + " entries, allowed are at most " + sizeMax);
    }
    int[] ids = new int[value.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) integer(path + "[" + i + "]", value.get(i), 0, idsBelow - 1);
    }
    return ids;
  }

  static Fields objectAt(JsonNode value, String path) {
    if (!value.isObject()) {
      throw expectedAt(path, "an object", value);
    }
    return new Fields(value, path + ".");
  }

  ApiException missing(String name, String what) {
    return ApiException.malformed(path(name) + " is required: " + what);
  }

  ApiException expected(String name, String what, JsonNode found) {
    return expectedAt(path(name), what, found);
  }

  static ApiException expectedAt(String path, String what, JsonNode found) {
    return ApiException.malformed(path + " must be " + what + ", got " + describe(found));
  }

  /** A value for a message: its kind, and its text if that is short. */
  static String describe(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case NULL, MISSING -> "null";
      case STRING -> "the string " + show(value);
      default -> show(value);
    };
  }

  /** JSON text of a value, cut to a length that fits a message. */
  static String show(JsonNode value) {
    return shorten(value.toString());
  }

  static String shorten(String text) {
    int end = Math.min(text.length(), SHOWN_CHARS_MAX);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return end == text.length() ? text : text.substring(0, end) + "…";
  }

  /** @param belowMin whether the lower end was missed, which is all to say if the upper one is far */
  private static String range(long min, long max, boolean belowMin) {
    if (min == Long.MIN_VALUE && max == Long.MAX_VALUE) {
      return "a 64-bit integer";
    }
    return belowMin && max >= Integer.MAX_VALUE
        ? "at least " + min
        : "in [" + min + ", " + max + "]";
  }
}
