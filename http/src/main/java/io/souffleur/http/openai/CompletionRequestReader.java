package io.souffleur.http.openai;

import io.souffleur.actors.ModelCard;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.List;
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
    List<PromptJob> prompts = new PromptReader(model).any(fields, "prompt").jobs();
    PromptReader.requireParts(prompts.size() * sampling.choices());
    boolean echo = fields.flag("echo", false);
    return new CompletionRequest(
        fields.string("model").orElse("default"),
        ChatRequestReader.requestId(fields),
        prompts,
        echo,
        sampling.scored(scores(fields, echo)),
        ChatRequestReader.streaming(fields),
        ChatRequestReader.priority(fields),
        CacheNamespace.of(fields, prompts.size()));
  }

  /** A prompt that is echoed is scored like the answer. */
  private static ScoreSpec scores(Fields fields, boolean echo) {
    OptionalLong top = fields.integer("logprobs", 0, ScoreSpec.TOP_MAX);
    if (top.isEmpty()) {
      return ScoreSpec.NONE;
    }
    return new ScoreSpec((int) top.getAsLong(), List.of(), echo ? 1 : ScoreSpec.OUTPUT_ONLY);
  }

  private static void refuseUnserved(Fields fields) {
    Unserved.any(fields, "lora_path", "session_params");
    Unserved.flag(fields, "return_hidden_states", "return_routed_experts");
    Unserved.nonEmpty(fields, "suffix", "custom_params");
    if (fields.object("response_format").isPresent()) {
      Fields format = fields.object("response_format").get();
      if (!format.requiredString("type").equals("text")) {
        throw Unserved.refusal(format, "type", "only \"text\"");
      }
    }
  }
}
