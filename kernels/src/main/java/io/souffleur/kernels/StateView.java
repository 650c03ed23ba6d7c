package io.souffleur.kernels;

import java.lang.foreign.MemorySegment;

/**
 * One layer's part of every recurrent-state slot: F32, at byte
 * {@code slot · slotStrideBytes + offsetBytes} of {@code pool}.
 *
 * @param pool all slots of the rank, 64-byte aligned; strides and offsets are multiples of 64 B
 */
public record StateView(MemorySegment pool, long slotStrideBytes, long offsetBytes) {}
