package io.souffleur.clusterconfig.cli;

import io.souffleur.scheduler.SchedulingSettings;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the memory plan and the engine loop are asked for. Empty means: follows from the plan.
 *
 * @param memoryFraction share of the budget for weights and caches, in (0, 1]
 * @param runningRequestsMax most requests in a batch, at least 1
 * @param queuedRequestsMax most waiting requests; at the limit a request is answered 429
 * @param totalTokens tokens the cache holds, at least one page
 * @param prefillChunkTokens prompt tokens per step, a multiple of {@code pageTokens}; 0 computes a
 *     prompt whole
 * @param pageTokens tokens in a page
 * @param cache what is kept for other requests
 * @param scheduling who is served next
 */
public record EngineOptions(
    OptionalDouble memoryFraction,
    OptionalInt runningRequestsMax,
    int queuedRequestsMax,
    OptionalLong totalTokens,
    OptionalInt prefillChunkTokens,
    int pageTokens,
    CacheOptions cache,
    SchedulingSettings scheduling) {}
