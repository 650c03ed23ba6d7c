package io.souffleur.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A JSON object of a model folder, read with checks: each refusal names file, key, value and what is
 * allowed. A key whose value is null counts as absent. Immutable.
 */
public final class ConfigJson {
  private static final long FILE_BYTES_MAX = 16L << 20;
  private static final int SHOWN_VALUE_CHARS = 80;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final String where;
  private final JsonNode node;

  private ConfigJson(String where, JsonNode node) {
    this.where = where;
    this.node = node;
  }

  public static ConfigJson read(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes > FILE_BYTES_MAX) {
      throw new InvalidModelException(
          file + " has " + bytes + " B, a config may have at most " + FILE_BYTES_MAX + " B");
    }
    try {
      JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
      if (root == null || !root.isObject()) {
        throw new InvalidModelException(file + " is not a JSON object");
      }
      return new ConfigJson(file.toString(), root);
    } catch (JsonProcessingException failure) {
      throw new InvalidModelException(
          file + " is not valid JSON: " + failure.getOriginalMessage(), failure);
    }
  }

  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** The nested object {@code key}, if there. */
  public Optional<ConfigJson> object(String key) throws InvalidModelException {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!node.get(key).isObject()) {
      throw refusal(key, "an object");
    }
    return Optional.of(new ConfigJson(where + ", " + key, node.get(key)));
  }

  /** A required whole number from 1 to {@code max}. */
  public int count(String key, int max) throws InvalidModelException {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.asInt() < 1
        || value.asInt() > max) {
      throw refusal(key, "a whole number from 1 to " + max);
    }
    return value.asInt();
  }

  public int count(String key, int max, int absent) throws InvalidModelException {
    return has(key) ? count(key, max) : absent;
  }

  /** A required whole number from 0 to {@code max}. */
  public int index(String key, int max) throws InvalidModelException {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.asInt() < 0
        || value.asInt() > max) {
      throw refusal(key, "a whole number from 0 to " + max);
    }
    return value.asInt();
  }

  /** A list of numbers greater than 0. */
  public List<Double> positives(String key) throws InvalidModelException {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!item.isNumber() || !(item.asDouble() > 0) || Double.isInfinite(item.asDouble())) {
        throw refusal(key, "a list of numbers greater than 0");
      }
      numbers.add(item.asDouble());
    }
    return numbers;
  }

  /** A required number greater than 0. */
  public double positive(String key) throws InvalidModelException {
    JsonNode value = node.path(key);
    if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
      throw refusal(key, "a number greater than 0");
    }
    return value.asDouble();
  }

  public boolean flag(String key, boolean absent) throws InvalidModelException {
    if (!has(key)) {
      return absent;
    }
    if (!node.get(key).isBoolean()) {
      throw refusal(key, "true or false");
    }
    return node.get(key).asBoolean();
  }

  public String text(String key, String absent) throws InvalidModelException {
    if (!has(key)) {
      return absent;
    }
    if (!node.get(key).isTextual()) {
      throw refusal(key, "a string");
    }
    return node.get(key).asText();
  }

  /** A list of strings. */
  public List<String> texts(String key) throws InvalidModelException {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!item.isTextual()) {
        throw refusal(key, "a list of strings");
      }
      texts.add(item.asText());
    }
    return texts;
  }

  /** Token ids: one number, a list of numbers, or nothing. */
  public List<Integer> ids(String key) throws InvalidModelException {
    List<Integer> ids = new ArrayList<>();
    JsonNode value = node.path(key);
    for (JsonNode item : value.isArray() ? value : List.of(value)) {
      if (item.isMissingNode() || item.isNull()) {
        continue;
      }
      if (!item.isIntegralNumber() || !item.canConvertToInt() || item.asInt() < 0) {
        throw refusal(key, "a token id or a list of token ids");
      }
      ids.add(item.asInt());
    }
    return ids;
  }

  /** The exception that says what {@code key} is and what it must be. */
  public InvalidModelException refusal(String key, String allowed) {
    String found = has(key) ? node.get(key).toString() : "missing";
    if (found.length() > SHOWN_VALUE_CHARS) {
      found = found.substring(0, SHOWN_VALUE_CHARS) + "…";
    }
    return new InvalidModelException(where + ": " + key + " is " + found + ", must be " + allowed);
  }

  /** The JSON text. */
  @Override
  public String toString() {
    return node.toString();
  }
}
