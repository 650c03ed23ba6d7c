package io.souffleur.models;

import io.souffleur.contracts.memory.CacheLayout;
import java.lang.foreign.MemorySegment;

/**
 * The bytes of a rank's two stores, as the decoder addresses them by page and slot number.
 *
 * @param pages all KV pages, 64-byte aligned; page i starts at {@code i · layout.pageBytes()}
 * @param slots all recurrent-state slots, 64-byte aligned; slot i starts at {@code i · layout.slotBytes()}
 * @param layout what {@link Decoder#cacheLayout} answered
 */
public record CacheMemory(MemorySegment pages, MemorySegment slots, CacheLayout layout) {}
