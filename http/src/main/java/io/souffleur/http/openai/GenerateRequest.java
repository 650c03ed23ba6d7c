package io.souffleur.http.openai;

import io.souffleur.actors.PromptJob;
import java.util.Optional;

/**
 * A checked request to {@code /generate}.
 *
 * @param prompt text or ids
 */
public record GenerateRequest(
    Optional<String> requestId, PromptJob prompt, SamplingChoice sampling, boolean stream) {}
