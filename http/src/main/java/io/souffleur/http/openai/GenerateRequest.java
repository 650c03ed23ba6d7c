package io.souffleur.http.openai;

import io.souffleur.actors.PromptJob;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A checked request to {@code /generate}.
 *
 * @param prompt text or ids
 * @param textInScores whether scored tokens come with their text
 * @param priority how soon the client wants to be served
 * @param cacheNamespace whose cached prefixes it may share; empty for everybody's
 */
public record GenerateRequest(
    Optional<String> requestId,
    PromptJob prompt,
    SamplingChoice sampling,
    boolean stream,
    boolean textInScores,
    OptionalInt priority,
    String cacheNamespace) {}
