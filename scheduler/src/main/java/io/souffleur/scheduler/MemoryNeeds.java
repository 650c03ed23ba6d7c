package io.souffleur.scheduler;

import io.souffleur.contracts.memory.CacheLayout;

/**
 * What a model asks of memory.
 *
 * @param layout sizes of one KV page and one recurrent-state slot
 * @param weightBytes weights as they lie in memory, packed panels included
 * @param contextLength most tokens of one request
 */
public record MemoryNeeds(CacheLayout layout, long weightBytes, int contextLength) {}
