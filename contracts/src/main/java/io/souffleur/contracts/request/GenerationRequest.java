package io.souffleur.contracts.request;

import java.util.OptionalInt;

/**
 * One stream of tokens that somebody wants. The arrays belong to the receiver.
 *
 * @param promptTokens token ids of the prompt, at least one
 * @param generatedPrefix tokens this request already generated elsewhere: they are computed like a
 *     prompt but count as output for limits; empty for a new request
 * @param maxNewTokens most tokens to generate, {@code generatedPrefix} included; at least 1
 * @param stopTokens token ids that end the stream; the stop token itself is reported, not streamed
 * @param priority how soon it should be served, if its owner said so; the engine's settings say what the
 *     number means, or whether it means anything
 */
public record GenerationRequest(
    RequestId id,
    int[] promptTokens,
    int[] generatedPrefix,
    SamplingSpec sampling,
    int maxNewTokens,
    int[] stopTokens,
    OptionalInt priority) {
  public GenerationRequest {
    if (promptTokens.length == 0) {
      throw new IllegalArgumentException("a request needs at least one prompt token");
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max_new_tokens must be at least 1, got " + maxNewTokens);
    }
    if (sampling.rules().minTokens() > 0 && stopTokens.length > LogitRules.STOP_TOKENS_MAX) {
      throw new IllegalArgumentException("min_tokens holds back at most "
          + LogitRules.STOP_TOKENS_MAX + " stop tokens, got " + stopTokens.length);
    }
  }

  /** A request of no stated priority. */
  public GenerationRequest(
      RequestId id,
      int[] promptTokens,
      int[] generatedPrefix,
      SamplingSpec sampling,
      int maxNewTokens,
      int[] stopTokens) {
    this(
        id, promptTokens, generatedPrefix, sampling, maxNewTokens, stopTokens, OptionalInt.empty());
  }

  /** Prompt and already generated tokens: what must be computed before the next token can be drawn. */
  public int knownTokens() {
    return promptTokens.length + generatedPrefix.length;
  }
}
