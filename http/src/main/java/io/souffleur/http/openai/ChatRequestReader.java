package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.souffleur.actors.ModelCard;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Body of {@code POST /v1/chat/completions} to a {@link ChatRequest}. Safe for any thread. */
public final class ChatRequestReader {
  private static final List<String> EFFORTS =
      List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");
  private static final List<String> TEMPLATE_NAMES =
      List.of("messages", "tools", "add_generation_prompt");
  private static final String CONSTRAINED =
      "needs constrained decoding, which is not available yet; allowed are \"auto\" and \"none\"";

  private final JsonBody json;
  private final ModelCard model;

  public ChatRequestReader(RequestLimits limits, ModelCard model) {
    this.json = new JsonBody(limits);
    this.model = model;
  }

  /** @throws ApiException if the body is no chat request that can be served */
  public ChatRequest read(byte[] body) {
    Fields fields = json.read(body);
    MessageReader.Read conversation = new MessageReader(json.limits().messages())
        .read(fields, fields.flag("continue_final_message", false));
    refuseUnserved(fields);
    SamplingChoice sampling = new SamplingReader(fields, model.defaults(), model.vocabularySize())
        .read(newTokensMax(fields), "seed");
    return new ChatRequest(
        fields.string("model").orElse("default"),
        requestId(fields),
        conversation.messages(),
        tools(fields),
        templateArguments(fields),
        sampling.scored(scores(fields)),
        streaming(fields),
        fields.flag("separate_reasoning", true),
        fields.flag("stream_reasoning", true),
        conversation.continuation(),
        priority(fields),
        CacheNamespace.of(fields));
  }

  /** Whether it means anything is the engine's to say. */
  static OptionalInt priority(Fields fields) {
    OptionalLong priority = fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE);
    return priority.isPresent() ? OptionalInt.of((int) priority.getAsLong()) : OptionalInt.empty();
  }

  /** The client's id, checked. */
  static Optional<String> requestId(Fields fields) {
    return fields.has("rid")
        ? Optional.of(requestId(fields.node("rid"), fields.path("rid")))
        : Optional.empty();
  }

  static String requestId(JsonNode id, String path) {
    if (!id.isTextual()) {
      throw Fields.expectedAt(path, "a string", id);
    }
    if (!goodId(id.textValue())) {
      throw ApiException.invalid(path + " must have 1 to " + RequestId.LENGTH_MAX
          + " characters and no control characters, got " + Fields.show(id));
    }
    return id.textValue();
  }

  /** Ids stand in log lines, so they may not break them. */
  private static boolean goodId(String id) {
    return !id.isBlank()
        && id.length() <= RequestId.LENGTH_MAX
        && id.chars().noneMatch(Character::isISOControl);
  }

  private static void refuseUnserved(Fields fields) {
    Unserved.flag(
        fields,
        "return_hidden_states",
        "return_routed_experts",
        "return_cached_tokens_details",
        "return_prompt_token_ids",
        "return_meta_info");
    Optional<Fields> format = fields.object("response_format");
    if (format.isPresent() && !format.get().requiredString("type").equals("text")) {
      throw Unserved.refusal(format.get(), "type", "only \"text\"");
    }
    Unserved.any(fields, "chat_template", "input_ids", "lora_path", "session_params");
    Unserved.nonEmpty(fields, "functions", "audio", "session_id");
    Unserved.nonEmpty(fields, "custom_params");
    fields.bool("parallel_tool_calls");
  }

  private static ScoreSpec scores(Fields fields) {
    OptionalLong top = fields.integer("top_logprobs", 0, ScoreSpec.TOP_MAX);
    if (fields.flag("logprobs", false)) {
      return ScoreSpec.output((int) top.orElse(0));
    }
    if (top.orElse(0) > 0) {
      throw ApiException.invalid("top_logprobs needs logprobs to be true, got " + top.getAsLong());
    }
    return ScoreSpec.NONE;
  }

  private static OptionalInt newTokensMax(Fields fields) {
    OptionalLong older = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    OptionalLong newer = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    OptionalLong max = newer.isPresent() ? newer : older;
    return max.isPresent() ? OptionalInt.of((int) max.getAsLong()) : OptionalInt.empty();
  }

  private ArrayNode tools(Fields fields) {
    ArrayNode tools = new ToolReader(json.limits().tools()).read(fields);
    JsonNode choice = fields.node("tool_choice");
    if (choice.isMissingNode()) {
      return tools;
    }
    if (choice.isObject()) {
      throw ApiException.unsupported("tool_choice", "naming a function " + CONSTRAINED);
    }
    String name = fields.requiredString("tool_choice");
    return switch (name) {
      case "auto" -> tools;
      case "none" -> JsonNodeFactory.instance.arrayNode();
      case "required" ->
        throw ApiException.unsupported("tool_choice", "\"required\" " + CONSTRAINED);
      default ->
        throw ApiException.invalid(
            "tool_choice must be \"auto\" or \"none\", got " + Fields.show(choice));
    };
  }

  static ChatRequest.Streaming streaming(Fields fields) {
    boolean on = fields.flag("stream", false);
    Optional<Fields> options = fields.object("stream_options");
    boolean atEnd = options.isPresent() && options.get().flag("include_usage", false);
    boolean always = options.isPresent() && options.get().flag("continuous_usage_stats", false);
    return new ChatRequest.Streaming(on, atEnd, always);
  }

  /** Arguments given explicitly win over what an effort says about thinking. */
  private static Map<String, Object> templateArguments(Fields fields) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    Optional<Boolean> thinking = thinking(fields);
    thinking.ifPresent(on -> arguments.put("thinking", on));
    thinking.ifPresent(on -> arguments.put("enable_thinking", on));
    Optional<Fields> given = fields.object("chat_template_kwargs");
    if (given.isEmpty()) {
      return arguments;
    }
    if (given.get().has("chat_template")) {
      throw ApiException.invalid(
          "chat_template_kwargs.chat_template is refused: the template comes from the operator,"
              + " never from a request");
    }
    for (String name : TEMPLATE_NAMES) {
      if (given.get().has(name)) {
        throw ApiException.invalid(
            "chat_template_kwargs." + name + " is refused: the request sets it by its own field");
      }
    }
    arguments.putAll(PlainJson.map(fields.node("chat_template_kwargs")));
    return arguments;
  }

  /** Whether the request switches thinking on or off by its effort. */
  private static Optional<Boolean> thinking(Fields fields) {
    Optional<Boolean> effort = effort(fields, "reasoning_effort");
    if (effort.isPresent()) {
      return effort;
    }
    Optional<Fields> reasoning = fields.object("reasoning");
    if (reasoning.isEmpty()) {
      return Optional.empty();
    }
    Optional<Boolean> nested = effort(reasoning.get(), "effort");
    Optional<Boolean> enabled = reasoning.get().bool("enabled");
    return enabled.isPresent() && !enabled.get() ? enabled : nested.or(() -> enabled);
  }

  private static Optional<Boolean> effort(Fields fields, String name) {
    Optional<String> effort = fields.string(name);
    if (effort.isPresent() && !EFFORTS.contains(effort.get())) {
      throw ApiException.invalid(fields.path(name) + " must be one of " + EFFORTS + ", got "
          + Fields.show(fields.node(name)));
    }
    return effort.map(value -> !value.equals("none"));
  }
}
