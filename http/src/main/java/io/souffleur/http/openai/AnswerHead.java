package io.souffleur.http.openai;

import io.souffleur.contracts.request.RequestId;

/**
 * What every body and chunk of one answer repeats.
 *
 * @param createdSeconds Unix time
 * @param model the name the client used
 */
public record AnswerHead(RequestId id, long createdSeconds, String model) {}
