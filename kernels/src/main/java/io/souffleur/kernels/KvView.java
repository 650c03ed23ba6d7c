package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * One layer's keys and values inside a pool of pages.
 *
 * <pre>
 *   element (page, K or V, head, token, d) of this layer lies at byte
 *   page · pageStrideBytes + layerOffsetBytes
 *     + (((kv · heads + head) · pageTokens + token) · headDim + d) · dtype bytes        kv = 0 K, 1 V
 * </pre>
 *
 * @param pool all pages of the rank, 64-byte aligned; pages and layer offsets are multiples of 64 B
 * @param dtype F32 or BF16
 */
public record KvView(
    MemorySegment pool,
    long pageStrideBytes,
    long layerOffsetBytes,
    int pageTokens,
    int heads,
    int headDim,
    DType dtype) {
  /** Bytes of one layer in one page. */
  public static long layerBytes(int pageTokens, int heads, int headDim, DType dtype) {
    return dtype.bytes(2L * heads * pageTokens * headDim);
  }
}
