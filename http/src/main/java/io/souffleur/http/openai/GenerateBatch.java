package io.souffleur.http.openai;

import java.util.List;
import java.util.Optional;

/**
 * A checked body of {@code /generate}.
 *
 * @param list whether the answer is a list, one element per prompt
 * @param requestId the client's own id for the whole; requests may have ids of their own
 * @param requests at least one
 */
public record GenerateBatch(
    boolean list, boolean stream, Optional<String> requestId, List<GenerateRequest> requests) {}
