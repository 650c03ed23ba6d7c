package io.souffleur.http.stage.argument;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * Parameter schemas of the tools of one request, by function name.
 *
 * <p>Immutable. Of two tools with one name the last one counts.
 */
public final class ToolSchemas {

  private final Map<String, JsonNode> properties;

  private ToolSchemas(Map<String, JsonNode> properties) {
    this.properties = properties;
  }

  /**
   * Reads {@code [{"function": {"name": …, "parameters": …}}, …]}; what is no such entry is
   * skipped, because requests were checked before.
   */
  public static ToolSchemas of(JsonNode tools) {
    Map<String, JsonNode> properties = new HashMap<>();
    for (JsonNode tool : tools) {
      JsonNode function = tool.path("function");
      if (function.path("name").isTextual()) {
        JsonNode parameters = function.path("parameters");
        properties.put(
            function.path("name").textValue(),
            parameters.path("properties").isObject() ? parameters.path("properties") : parameters);
      }
    }
    return new ToolSchemas(properties);
  }

  /** Whether the request offered a function of this name. */
  public boolean knows(String function) {
    return properties.containsKey(function);
  }

  /** JSON text of one argument; without a schema it is a string. */
  public String jsonValue(String function, String key, String text) {
    JsonNode functionProperties = properties.get(function);
    if (functionProperties == null || !functionProperties.path(key).isObject()) {
      return ArgumentText.untyped(text);
    }
    return ArgumentText.json(functionProperties.path(key), text);
  }
}
