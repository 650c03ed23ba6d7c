package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.souffleur.actors.ModelCard;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Body of {@code POST /generate} to a {@link GenerateBatch}. Safe for any thread. */
public final class GenerateRequestReader {
  /** Tokens generated when the request does not say. */
  static final int NEW_TOKENS_DEFAULT = 128;

  private final JsonBody json;
  private final ModelCard model;

  public GenerateRequestReader(RequestLimits limits, ModelCard model) {
    this.json = new JsonBody(limits);
    this.model = model;
  }

  /** @throws ApiException if the body is no request that can be served */
  public GenerateBatch read(byte[] body) {
    Fields fields = json.read(body);
    Unserved.nonEmpty(
        fields, "input_embeds", "image_data", "video_data", "audio_data", "lora_path");
    Unserved.flag(fields, "return_hidden_states");
    Unserved.nonEmpty(fields, "session_params");
    PromptReader.Prompts prompts = prompts(fields);
    int count = prompts.jobs().size();
    boolean stream = fields.flag("stream", false);
    List<Optional<String>> ids = ids(fields, prompts);
    List<Fields> params = sampling(fields, prompts);
    ScoreReader scores = new ScoreReader(fields, prompts, model.vocabularySize());
    OptionalInt priority = ChatRequestReader.priority(fields);
    List<String> namespaces = CacheNamespace.of(fields, count);
    List<GenerateRequest> requests = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      requests.add(new GenerateRequest(
          ids.get(i),
          prompts.jobs().get(i),
          sampling(params.get(i)).scored(scores.read(i)),
          stream,
          fields.flag("return_text_in_logprobs", false),
          priority,
          namespaces.get(i)));
    }
    PromptReader.requireParts(
        requests.stream().mapToInt(each -> each.sampling().choices()).sum());
    Optional<String> whole =
        fields.node("rid").isArray() ? Optional.empty() : ChatRequestReader.requestId(fields);
    return new GenerateBatch(prompts.list(), stream, whole, requests);
  }

  private PromptReader.Prompts prompts(Fields fields) {
    boolean text = fields.has("text");
    if (text == fields.has("input_ids")) {
      throw ApiException.invalid(
          "exactly one of text and input_ids is needed, got " + (text ? "both" : "neither"));
    }
    PromptReader reader = new PromptReader(model);
    return text ? reader.texts(fields, "text") : reader.ids(fields, "input_ids");
  }

  /** An id per prompt, where the client gave a list of them. */
  private static List<Optional<String>> ids(Fields fields, PromptReader.Prompts prompts) {
    int count = prompts.jobs().size();
    if (!fields.node("rid").isArray()) {
      return Collections.nCopies(count, Optional.empty());
    }
    List<JsonNode> nodes = perPrompt(fields, "rid", prompts);
    List<Optional<String>> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Optional<String> id = Optional.of(
          ChatRequestReader.requestId(nodes.get(i), fields.path("rid") + "[" + i + "]"));
      if (ids.contains(id)) {
        throw ApiException.invalid(
            fields.path("rid") + "[" + i + "] is given twice: " + Fields.show(nodes.get(i)));
      }
      ids.add(id);
    }
    return ids;
  }

  private static List<Fields> sampling(Fields fields, PromptReader.Prompts prompts) {
    String name = "sampling_params";
    int count = prompts.jobs().size();
    if (!fields.node(name).isArray()) {
      return Collections.nCopies(
          count,
          fields
              .object(name)
              .orElseGet(() -> Fields.objectAt(JsonNodeFactory.instance.objectNode(), name)));
    }
    List<JsonNode> nodes = perPrompt(fields, name, prompts);
    List<Fields> params = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      params.add(Fields.objectAt(nodes.get(i), fields.path(name) + "[" + i + "]"));
    }
    return params;
  }

  /** The elements of a list that must have one for each prompt. */
  static List<JsonNode> perPrompt(Fields fields, String name, PromptReader.Prompts prompts) {
    int count = prompts.jobs().size();
    List<JsonNode> nodes = fields.array(name, PromptReader.PROMPTS_MAX);
    if (!prompts.list() || nodes.size() != count) {
      throw ApiException.invalid(fields.path(name) + " is a list of " + nodes.size()
          + ", but there " + (prompts.list() ? "are " + count + " prompts" : "is one prompt"));
    }
    return nodes;
  }

  private SamplingChoice sampling(Fields fields) {
    OptionalLong max = fields.integer("max_new_tokens", 0, Integer.MAX_VALUE);
    return new SamplingReader(fields, ModelCard.SamplingDefaults.OPENAI, model.vocabularySize())
        .read(OptionalInt.of((int) max.orElse(NEW_TOKENS_DEFAULT)), "sampling_seed");
  }
}
