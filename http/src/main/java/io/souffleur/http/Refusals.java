package io.souffleur.http;

import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.SamplingChoice;

/** Refusals of prompt workers and engine in the words of the API. */
final class Refusals {
  private Refusals() {}

  static ApiException of(PromptReply.TemplateRejected rejected) {
    return new ApiException(400, "BadRequest", "messages: " + rejected.message());
  }

  static ApiException of(PromptReply.Malformed malformed) {
    return ApiException.invalid("prompt: " + malformed.message());
  }

  static ApiException of(PromptReply.TooLong tooLong) {
    return ApiException.invalid("The input (" + tooLong.promptTokens()
        + " tokens) is longer than the model's context length (" + tooLong.contextTokens()
        + " tokens).");
  }

  static ApiException of(PromptReply.Busy busy) {
    return ApiException.unavailable(
        429, "all " + busy.waitingMax() + " places for waiting prompts are taken; try again later");
  }

  static ApiException of(Rejected rejected) {
    String detail = rejected.detail();
    return switch (rejected.reason()) {
      case QUEUE_FULL -> ApiException.unavailable(429, detail);
      case TOO_LONG, NEVER_FITS -> ApiException.invalid(detail);
      case DUPLICATE_ID -> ApiException.invalid("rid: " + detail);
      case PRIORITY_OFF, DRAINING, NOT_READY -> ApiException.unavailable(503, detail);
    };
  }

  /** @throws ApiException if prompt and answer do not fit the context together */
  static int newTokens(SamplingChoice sampling, int promptTokens, int contextTokens) {
    int room = contextTokens - promptTokens;
    int wanted = sampling.newTokensMax().orElse(room);
    if (wanted > room) {
      throw ApiException.invalid("the request asks for " + ((long) promptTokens + wanted)
          + " tokens, but the context length is " + contextTokens + ": " + promptTokens
          + " of the prompt and max_tokens = " + wanted + " of the answer");
    }
    return wanted;
  }

  /** @throws ApiException if the prompt is too short or too long for the scores that are wanted of it */
  static void requireScorable(ScoreSpec scores, int promptTokens) {
    if (scores.promptFrom() == ScoreSpec.OUTPUT_ONLY) {
      return;
    }
    if (scores.promptFrom() > promptTokens) {
      throw ApiException.invalid("logprob_start_len must be below the " + promptTokens
          + " tokens of the prompt, got " + (scores.promptFrom() - 1));
    }
    long entries = (long) scores.promptPlaces(promptTokens) * scores.entries();
    if (entries > ScoreSpec.PROMPT_ENTRIES_MAX) {
      throw ApiException.invalid("log-probabilities of " + scores.promptPlaces(promptTokens)
          + " prompt tokens, " + scores.entries() + " for each, are " + entries
          + ", allowed are at most " + ScoreSpec.PROMPT_ENTRIES_MAX);
    }
  }
}
