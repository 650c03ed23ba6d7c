package io.souffleur.http.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The messages of a conversation as chat templates want them.
 *
 * <p>Roles are lower case; {@code developer} is the system, {@code function} is a tool. Content is
 * a string, or a list of text parts if there are several. Arguments of earlier calls become maps.
 * A last message of the assistant is continued where the client asks for it; otherwise it becomes
 * the user's, as clients of the reference server know it.
 */
final class MessageReader {
  private static final List<String> ROLES =
      List.of("system", "developer", "user", "assistant", "tool", "function");
  private static final List<String> MEDIA_PARTS =
      List.of("image_url", "video_url", "audio_url", "input_audio", "input_image", "image", "file");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int entriesMax;

  /** @param entriesMax messages of a conversation, parts of a message, and calls of a message */
  MessageReader(int entriesMax) {
    this.entriesMax = entriesMax;
  }

  /**
   * What was read.
   *
   * @param continuation text of a last message that is to be continued, which is not among the
   *     messages then; empty otherwise
   */
  record Read(List<Map<String, Object>> messages, String continuation) {}

  /** @param continues whether a last message of the assistant is the start of the answer */
  Read read(Fields body, boolean continues) {
    if (!body.has("messages")) {
      throw body.missing("messages", "an array of messages");
    }
    List<JsonNode> nodes = body.array("messages", entriesMax);
    if (nodes.isEmpty()) {
      throw ApiException.invalid("Messages cannot be empty.");
    }
    List<Map<String, Object>> messages = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      messages.add(message(Fields.objectAt(nodes.get(i), body.path("messages") + "[" + i + "]")));
    }
    Map<String, Object> last = messages.getLast();
    boolean open = last.get("role").equals("assistant") && !last.containsKey("tool_calls");
    if (open && continues && last.get("content") instanceof String text) {
      messages.removeLast();
      return new Read(messages, text);
    }
    if (open) {
      last.put("role", "user");
    }
    return new Read(messages, "");
  }

  private Map<String, Object> message(Fields fields) {
    String role = role(fields);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content(fields, role));
    fields.string("name").ifPresent(name -> message.put("name", name));
    if (role.equals("assistant")) {
      fields.string("reasoning_content").ifPresent(text -> message.put("reasoning_content", text));
      List<Object> calls = calls(fields);
      if (!calls.isEmpty()) {
        message.put("tool_calls", calls);
      }
    }
    if (role.equals("tool")) {
      fields.string("tool_call_id").ifPresent(id -> message.put("tool_call_id", id));
    }
    return message;
  }

  private static String role(Fields fields) {
    String role = fields.requiredString("role").toLowerCase(Locale.ROOT);
    if (!ROLES.contains(role)) {
      throw ApiException.invalid(fields.path("role") + " must be one of " + ROLES + ", got "
          + Fields.show(fields.node("role")));
    }
    return switch (role) {
      case "developer" -> "system";
      case "function" -> "tool";
      default -> role;
    };
  }

  private Object content(Fields fields, String role) {
    JsonNode content = fields.node("content");
    if (content.isMissingNode()) {
      if (role.equals("user")) {
        throw fields.missing("content", "a string or an array of parts");
      }
      return "";
    }
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray()) {
      throw fields.expected("content", "a string or an array of parts", content);
    }
    List<JsonNode> nodes = fields.array("content", entriesMax);
    List<String> texts = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      texts.add(text(Fields.objectAt(nodes.get(i), fields.path("content") + "[" + i + "]")));
    }
    if (texts.size() < 2 || role.equals("tool")) {
      return String.join(" ", texts);
    }
    return texts.stream().map(MessageReader::textPart).toList();
  }

  private static String text(Fields part) {
    String type = part.requiredString("type");
    if (MEDIA_PARTS.contains(type)) {
      throw ApiException.unsupported(
          part.path("type"),
          "the served model takes text only, got a part of type \"" + type + "\"");
    }
    if (!type.equals("text")) {
      throw ApiException.invalid(
          part.path("type") + " must be \"text\", got " + Fields.show(part.node("type")));
    }
    return part.requiredString("text");
  }

  private static Map<String, Object> textPart(String text) {
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("type", "text");
    part.put("text", text);
    return part;
  }

  private List<Object> calls(Fields fields) {
    List<JsonNode> nodes = fields.array("tool_calls", entriesMax);
    List<Object> calls = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      Fields call = Fields.objectAt(nodes.get(i), fields.path("tool_calls") + "[" + i + "]");
      Fields function = call.object("function")
          .orElseThrow(() -> call.missing("function", "an object with name and arguments"));
      Map<String, Object> called = new LinkedHashMap<>();
      called.put("name", function.requiredString("name"));
      called.put("arguments", arguments(function));
      Map<String, Object> entry = new LinkedHashMap<>();
      call.string("id").ifPresent(id -> entry.put("id", id));
      entry.put("type", "function");
      entry.put("function", called);
      calls.add(entry);
    }
    return calls;
  }

  private static Map<String, Object> arguments(Fields function) {
    JsonNode arguments = function.node("arguments");
    if (arguments.isMissingNode()) {
      return new LinkedHashMap<>();
    }
    JsonNode tree = arguments;
    if (arguments.isTextual()) {
      if (arguments.textValue().isBlank()) {
        return new LinkedHashMap<>();
      }
      try {
        tree = JSON.readTree(arguments.textValue());
      } catch (JsonProcessingException e) {
        throw new ApiException(
            400,
            "BadRequest",
            function.path("arguments") + " is not valid JSON: "
                + JsonBody.mistake(e.getOriginalMessage()));
      }
    }
    if (!tree.isObject()) {
      throw new ApiException(
          400,
          "BadRequest",
          function.path("arguments") + " must be a JSON object, got " + Fields.describe(tree));
    }
    return PlainJson.map(tree);
  }
}
