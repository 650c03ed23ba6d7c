package io.souffleur.http.openai;

import io.souffleur.actors.PromptJob;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A checked request to {@code /v1/completions}.
 *
 * @param prompts texts or ids, at least one
 * @param echo whether the prompt stands before the answer
 * @param priority how soon the client wants to be served
 * @param cacheNamespaces whose cached prefixes each prompt may share; empty for everybody's
 */
public record CompletionRequest(
    String model,
    Optional<String> requestId,
    List<PromptJob> prompts,
    boolean echo,
    SamplingChoice sampling,
    ChatRequest.Streaming streaming,
    OptionalInt priority,
    List<String> cacheNamespaces) {}
