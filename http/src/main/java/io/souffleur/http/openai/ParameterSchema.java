package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks the shape of a tool's parameter schema and rewrites the type names of databases and
 * programming languages to those of JSON Schema.
 *
 * <p>Keywords that do not matter for reading arguments are passed on as they are.
 */
final class ParameterSchema {
  private static final List<String> STANDARD =
      List.of("string", "integer", "number", "boolean", "object", "array", "null");
  private static final Map<String, List<String>> ALIASES = Map.of(
      "string", List.of("str", "text", "varchar", "char", "enum", "date", "datetime", "time"),
      "integer", List.of("int", "bigint", "smallint", "tinyint", "long", "short", "unsigned"),
      "number", List.of("num", "float", "double", "decimal", "real", "numeric"),
      "boolean", List.of("bool", "binary"),
      "object", List.of("dict", "map", "struct"),
      "array", List.of("arr", "list", "tuple", "set"));

  private final int tool;

  /** @param tool index of the tool, for messages */
  ParameterSchema(int tool) {
    this.tool = tool;
  }

  /** A checked copy with standard type names. */
  ObjectNode normalised(JsonNode schema) {
    ObjectNode copy = schema.deepCopy();
    walk(copy, "parameters");
    return copy;
  }

  /** @param fullPath shortened here, so that a deep schema does not cost its paths */
  private void walk(JsonNode schema, String fullPath) {
    String path = Fields.shorten(fullPath);
    if (schema.isBoolean()) {
      return;
    }
    if (!(schema instanceof ObjectNode object)) {
      throw wrong(path + " must be an object or a boolean, got " + Fields.describe(schema));
    }
    types(object, path);
    strings(object, "required", path);
    list(object, "enum", path);
    for (String keyword : List.of("properties", "$defs", "definitions", "patternProperties")) {
      children(object, keyword, path);
    }
    for (String keyword : List.of("anyOf", "oneOf", "allOf", "prefixItems")) {
      JsonNode choices = list(object, keyword, path);
      for (int i = 0; i < choices.size(); i++) {
        walk(choices.get(i), path + "." + keyword + "[" + i + "]");
      }
    }
    for (String keyword : List.of("items", "additionalProperties", "not")) {
      if (object.has(keyword)) {
        walk(object.get(keyword), path + "." + keyword);
      }
    }
  }

  private void types(ObjectNode schema, String path) {
    JsonNode type = schema.path("type");
    if (type.isMissingNode()) {
      return;
    }
    if (type.isTextual()) {
      schema.put("type", standard(type.textValue(), path));
    } else if (type.isArray() && !type.isEmpty()) {
      ArrayNode names = schema.putArray("type");
      for (JsonNode name : type) {
        if (!name.isTextual()) {
          throw wrong(path + ".type must hold strings, got " + Fields.describe(name));
        }
        names.add(standard(name.textValue(), path));
      }
    } else {
      throw wrong(
          path + ".type must be a string or an array of strings, got " + Fields.describe(type));
    }
  }

  private String standard(String name, String path) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    if (STANDARD.contains(lower)) {
      return lower;
    }
    String stem = lower.replaceAll("[(<\\[].*", "").replaceAll("(?<=int|float)\\d+$", "");
    String plain = stem.startsWith("uint") ? "int" : stem;
    for (Map.Entry<String, List<String>> aliases : ALIASES.entrySet()) {
      if (aliases.getKey().equals(plain) || aliases.getValue().contains(plain)) {
        return aliases.getKey();
      }
    }
    throw wrong(
        path + ".type must be one of " + STANDARD + ", got \"" + Fields.shorten(name) + "\"");
  }

  private void children(ObjectNode schema, String keyword, String path) {
    JsonNode children = schema.path(keyword);
    if (children.isMissingNode()) {
      return;
    }
    if (!children.isObject()) {
      throw wrong(path + "." + keyword + " must be an object, got " + Fields.describe(children));
    }
    for (Map.Entry<String, JsonNode> child : children.properties()) {
      walk(child.getValue(), path + "." + keyword + "." + Fields.shorten(child.getKey()));
    }
  }

  private void strings(ObjectNode schema, String keyword, String path) {
    for (JsonNode element : list(schema, keyword, path)) {
      if (!element.isTextual()) {
        throw wrong(path + "." + keyword + " must hold strings, got " + Fields.describe(element));
      }
    }
  }

  private JsonNode list(ObjectNode schema, String keyword, String path) {
    JsonNode list = schema.path(keyword);
    if (!list.isMissingNode() && !list.isArray()) {
      throw wrong(path + "." + keyword + " must be an array, got " + Fields.describe(list));
    }
    return list;
  }

  private ApiException wrong(String message) {
    return ApiException.invalid("Tool " + tool + " function has invalid 'parameters' schema: tools["
        + tool + "].function." + message);
  }
}
