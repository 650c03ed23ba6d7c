package io.souffleur.http.openai;

import io.souffleur.actors.ModelCard;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Body of {@code POST /v1/completions} to a {@link CompletionRequest}. Safe for any thread. */
public final class CompletionRequestReader {
  /** Tokens generated when the request does not say. */
  static final int NEW_TOKENS_DEFAULT = 16;

  private final JsonBody json;
  private final ModelCard model;

  public CompletionRequestReader(RequestLimits limits, ModelCard model) {
    this.json = new JsonBody(limits);
    this.model = model;
  }

  /** @throws ApiException if the body is no request that can be served */
  public CompletionRequest read(byte[] body) {
    Fields fields = json.read(body);
    refuseUnserved(fields);
    OptionalLong max = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    SamplingChoice sampling = new SamplingReader(
            fields, ModelCard.SamplingDefaults.OPENAI, model.vocabularySize())
        .read(OptionalInt.of((int) max.orElse(NEW_TOKENS_DEFAULT)), "seed");
    return new CompletionRequest(
        fields.string("model").orElse("default"),
        ChatRequestReader.requestId(fields),
        new PromptReader(model).any(fields, "prompt").jobs(),
        fields.flag("echo", false),
        sampling,
        ChatRequestReader.streaming(fields));
  }

  private static void refuseUnserved(Fields fields) {
    for (String name : new String[] {"n", "best_of"}) {
      OptionalLong choices = fields.integer(name, 1, Integer.MAX_VALUE);
      if (choices.isPresent() && choices.getAsLong() != 1) {
        throw Unserved.refusal(fields, name, "only 1");
      }
    }
    Unserved.any(fields, "logprobs", "lora_path", "session_params");
    Unserved.flag(fields, "return_hidden_states", "return_routed_experts");
    Unserved.nonEmpty(fields, "suffix", "cache_salt", "extra_key", "custom_params");
    if (fields.object("response_format").isPresent()) {
      Fields format = fields.object("response_format").get();
      if (!format.requiredString("type").equals("text")) {
        throw Unserved.refusal(format, "type", "only \"text\"");
      }
    }
  }
}
