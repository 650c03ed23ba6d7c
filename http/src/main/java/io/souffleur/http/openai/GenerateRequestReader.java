package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.souffleur.actors.ModelCard;
import io.souffleur.actors.PromptJob;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Body of {@code POST /generate} to a {@link GenerateRequest}. Safe for any thread. */
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
  public GenerateRequest read(byte[] body) {
    Fields fields = json.read(body);
    Unserved.nonEmpty(
        fields, "input_embeds", "image_data", "video_data", "audio_data", "lora_path");
    Unserved.flag(fields, "return_logprob", "return_hidden_states", "return_text_in_logprobs");
    Unserved.nonEmpty(fields, "session_params", "token_ids_logprob", "cache_salt", "extra_key");
    return new GenerateRequest(
        ChatRequestReader.requestId(fields),
        prompt(fields),
        sampling(fields),
        fields.flag("stream", false));
  }

  private PromptJob prompt(Fields fields) {
    boolean text = fields.has("text");
    if (text == fields.has("input_ids")) {
      throw ApiException.invalid(
          "exactly one of text and input_ids is needed, got " + (text ? "both" : "neither"));
    }
    if (!text) {
      return new PromptJob.Ids(ids(fields));
    }
    if (fields.node("text").isArray()) {
      throw ApiException.unsupported(
          "text", "this server takes one prompt per request, got a list");
    }
    String prompt = fields.requiredString("text");
    if (prompt.isEmpty()) {
      throw ApiException.invalid("text must not be empty");
    }
    return new PromptJob.Text(prompt);
  }

  private int[] ids(Fields fields) {
    List<JsonNode> elements = fields.array("input_ids", model.contextTokens());
    if (elements.isEmpty()) {
      throw ApiException.invalid("input_ids must not be empty");
    }
    if (elements.getFirst().isArray()) {
      throw ApiException.unsupported(
          "input_ids", "this server takes one prompt per request, got a list of lists");
    }
    int[] ids = new int[elements.size()];
    for (int i = 0; i < ids.length; i++) {
      String path = "input_ids[" + i + "]";
      ids[i] = (int) Fields.integer(path, elements.get(i), 0, model.vocabularySize() - 1);
    }
    return ids;
  }

  private SamplingChoice sampling(Fields body) {
    Fields fields = body.object("sampling_params")
        .orElseGet(() -> Fields.objectAt(JsonNodeFactory.instance.objectNode(), "sampling_params"));
    OptionalLong choices = fields.integer("n", 1, Integer.MAX_VALUE);
    if (choices.isPresent() && choices.getAsLong() != 1) {
      throw Unserved.refusal(fields, "n", "only 1");
    }
    OptionalLong max = fields.integer("max_new_tokens", 1, Integer.MAX_VALUE);
    return new SamplingReader(fields, ModelCard.SamplingDefaults.OPENAI, model.vocabularySize())
        .read(OptionalInt.of((int) max.orElse(NEW_TOKENS_DEFAULT)), "sampling_seed");
  }
}
