package io.souffleur.kernels;

/**
 * Extents of a gated delta layer (Qwen3.5 {@code linear_attn}).
 *
 * @param keyHeads heads of q and k; value head h reads key head h / (valueHeads / keyHeads)
 * @param valueHeads heads of v, z, the state and the output; a multiple of {@code keyHeads}
 * @param keyDim columns of q and k per head
 * @param valueDim columns of v per head
 * @param convWidth taps of the causal convolution (the last one weighs the current token)
 */
public record DeltaShape(int keyHeads, int valueHeads, int keyDim, int valueDim, int convWidth) {
  /** Channels of the convolution: q, k and v of all heads side by side. */
  public int channels() {
    return 2 * keyHeads * keyDim + valueHeads * valueDim;
  }

  /** Columns of the layer's fused input projection: q, k, v, then z, b and a. */
  public int projectionColumns() {
    return channels() + valueHeads * valueDim + 2 * valueHeads;
  }

  /** Column where z starts in the fused projection. */
  public int zColumn() {
    return channels();
  }

  /** Column where b starts; a follows after {@code valueHeads} columns. */
  public int bColumn() {
    return channels() + valueHeads * valueDim;
  }

  /** F32 values of one slot's convolution window: [channels, convWidth − 1], oldest first. */
  public long windowElements() {
    return (long) channels() * (convWidth - 1);
  }

  /** F32 values of one slot's state: [valueHeads, keyDim, valueDim]. */
  public long stateElements() {
    return (long) valueHeads * keyDim * valueDim;
  }
}
