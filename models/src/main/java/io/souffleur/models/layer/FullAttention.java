package io.souffleur.models.layer;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.Runs;
import io.souffleur.tensor.Tensor;

/**
 * Full attention with normed, rotated heads. Bound to one layer's pages.
 *
 * <p>Whether it has an output gate follows from the rows of its input weights.
 */
public final class FullAttention implements Mixer {
  /**
   * Weights of one layer.
   *
   * @param input q, k and v stacked: [heads·D + 2·kvHeads·D, hiddenSize]; with an output gate, D more rows
   *     behind every query head
   * @param output [hiddenSize, heads·D], row-parallel
   * @param queryNorm F32 [D], as it is multiplied
   * @param keyNorm F32 [D], as it is multiplied
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

  public FullAttention(
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
  public static long scratchBytes(int rowsMax, int heads, int kvHeads, int headDim, boolean gated) {
    long queryColumns = (gated ? 2L : 1L) * heads * headDim;
    return StepBuffers.tensorBytes(rowsMax, queryColumns + 2L * kvHeads * headDim)
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
