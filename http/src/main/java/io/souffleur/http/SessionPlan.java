package io.souffleur.http;

import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.SamplingChoice;
import java.util.OptionalInt;

/**
 * What a session is to do: make a prompt, generate, and answer in a form.
 *
 * @param cacheNamespace whose cached prefixes it may share
 */
record SessionPlan(
    RequestId id,
    PromptJob prompt,
    SamplingChoice sampling,
    OptionalInt priority,
    String cacheNamespace,
    AnswerForm form) {}
