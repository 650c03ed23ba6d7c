package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
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

  /** Checks that {@code queryHeads} read these heads in equal groups, and the element type. */
  public void requireHeads(int queryHeads) {
    if (heads < 1 || queryHeads < 1 || queryHeads % heads != 0) {
      throw new IllegalArgumentException(queryHeads + " heads over " + heads + " key heads");
    }
    if (dtype != DType.F32 && dtype != DType.BF16) {
      throw new IllegalArgumentException("cache is " + dtype + ", must be F32 or BF16");
    }
  }

  /**
   * Columns of a fused projection [·, columns] of queries, keys and values for this layer, checked.
   *
   * @throws IllegalArgumentException when they fit neither a layer with output gates nor one without
   */
  public int projectionColumns(Tensor projection, int queryHeads) {
    int columns = projection.shape().intDim(-1);
    int plain = (queryHeads + 2 * heads) * headDim;
    int gated = plain + queryHeads * headDim;
    if (columns != plain && columns != gated) {
      throw new IllegalArgumentException("projection has " + columns + " columns, must have "
          + gated + " with output gates or " + plain + " without");
    }
    return columns;
  }

  /** Columns from one query head to the next: 2·headDim with a gate behind every query, or headDim. */
  public int queryStride(Tensor projection, int queryHeads) {
    return (projectionColumns(projection, queryHeads) - 2 * heads * headDim) / queryHeads;
  }
}
