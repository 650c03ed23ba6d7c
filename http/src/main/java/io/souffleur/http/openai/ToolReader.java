package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.http.stage.ToolCallStage;
import java.util.List;

/** The tools that a request offers, checked, with standard names for parameter types. */
final class ToolReader {
  private final int toolsMax;

  ToolReader(int toolsMax) {
    this.toolsMax = toolsMax;
  }

  /** Definitions in the order of the request; empty when there are none. */
  ArrayNode read(Fields body) {
    ArrayNode tools = JsonNodeFactory.instance.arrayNode();
    List<JsonNode> nodes = body.array("tools", toolsMax);
    for (int i = 0; i < nodes.size(); i++) {
      tools.add(tool(Fields.objectAt(nodes.get(i), body.path("tools") + "[" + i + "]"), i));
    }
    return tools;
  }

  private static ObjectNode tool(Fields tool, int index) {
    String type = tool.string("type").orElse("function");
    if (!type.equals("function")) {
      throw ApiException.invalid(
          tool.path("type") + " must be \"function\", got " + Fields.show(tool.node("type")));
    }
    Fields function = tool.object("function")
        .orElseThrow(() -> tool.missing("function", "an object with a name"));
    checkName(function);
    function.string("description");
    function.bool("strict");
    ObjectNode definition = tool.node("function").deepCopy();
    if (function.has("parameters")) {
      JsonNode parameters = function.node("parameters");
      if (!parameters.isObject()) {
        throw function.expected("parameters", "a JSON schema object", parameters);
      }
      definition.set("parameters", new ParameterSchema(index).normalised(parameters));
    }
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    copy.put("type", "function");
    copy.set("function", definition);
    return copy;
  }

  private static void checkName(Fields function) {
    String name = function.requiredString("name");
    boolean broken = name.chars().anyMatch(c -> c == '<' || c == '>' || c < ' ');
    if (name.isBlank() || name.length() > ToolCallStage.NAME_CHARS_MAX || broken) {
      throw ApiException.invalid(
          function.path("name") + " must have 1 to " + ToolCallStage.NAME_CHARS_MAX
              + " characters without <, > and control characters, got "
              + Fields.show(function.node("name")));
    }
  }
}
