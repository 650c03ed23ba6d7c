package io.souffleur.models.layer;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.Runs;
import io.souffleur.tensor.Tensor;

/** Full attention with normed, rotated heads and an output gate. Bound to one layer's pages. */
public final class GatedAttention implements Mixer {
  /**
   * Weights of one layer.
   *
   * @param input q with gate, k and v stacked: [heads·2D + 2·kvHeads·D, hiddenSize]
   * @param output [hiddenSize, heads·D], row-parallel
   * @param queryNorm F32 [D], 1 + w
   * @param keyNorm F32 [D], 1 + w
   */
  public record Weights(
      PackedLinear input, PackedLinear output, Tensor queryNorm, Tensor keyNorm) {}

  private final Kernels kernels;
  private final Weights weights;
  private final int heads;
  private final float eps;
  private final KvView kv;
  private final StepBuffers buffers;
  private final Tensor projection;
  private final Tensor query;
  private final Tensor attended;

  public GatedAttention(
      Kernels kernels, Weights weights, int heads, float eps, KvView kv, StepBuffers buffers) {
    this.kernels = kernels;
    this.weights = weights;
    this.heads = heads;
    this.eps = eps;
    this.kv = kv;
    this.buffers = buffers;
    var carver = buffers.carve();
    this.projection = carver.rows(weights.input().outputs());
    this.query = carver.rows(weights.output().inputs());
    this.attended = carver.rows(weights.output().inputs());
  }

  /** Scratch bytes of a block with these extents. */
  public static long scratchBytes(int rowsMax, int heads, int kvHeads, int headDim) {
    return StepBuffers.tensorBytes(rowsMax, 2L * (heads + kvHeads) * headDim)
        + 2 * StepBuffers.tensorBytes(rowsMax, (long) heads * headDim);
  }

  @Override
  public void mix(Runs runs) {
    int rows = runs.rows();
    kernels.linear(buffers.normed(), weights.input(), rows, projection);
    kernels.attentionInputs(
        projection,
        weights.queryNorm(),
        weights.keyNorm(),
        eps,
        buffers.rotary(),
        runs,
        heads,
        kv,
        query);
    kernels.attention(query, projection, runs, heads, kv, attended);
    kernels.linearAdd(attended, weights.output(), rows, buffers.hidden());
  }
}
