package io.souffleur.models.layer;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.Runs;
import io.souffleur.models.LayerCache;
import io.souffleur.tensor.Tensor;

/** Linear attention by the gated delta rule. Bound to one layer's part of the state slots. */
public final class GatedDelta implements Mixer {
  /**
   * Weights of one layer.
   *
   * @param input q, k, v, then z, b, a stacked: [shape.projectionColumns(), hiddenSize]
   * @param output [hiddenSize, valueHeads·valueDim], row-parallel
   * @param conv F32 [channels, convWidth]
   * @param aLog F32 [valueHeads]
   * @param dtBias F32 [valueHeads]
   * @param norm F32 [valueDim], plain w
   */
  public record Weights(
      PackedLinear input,
      PackedLinear output,
      Tensor conv,
      Tensor aLog,
      Tensor dtBias,
      Tensor norm) {}

  private final Kernels kernels;
  private final Weights weights;
  private final float eps;
  private final LayerCache.Recurrent cache;
  private final StepBuffers buffers;
  private final Tensor projection;
  private final Tensor convolved;
  private final Tensor values;

  public GatedDelta(
      Kernels kernels,
      Weights weights,
      float eps,
      LayerCache.Recurrent cache,
      StepBuffers buffers) {
    this.kernels = kernels;
    this.weights = weights;
    this.eps = eps;
    this.cache = cache;
    this.buffers = buffers;
    var carver = buffers.carve();
    this.projection = carver.rows(weights.input().outputs());
    this.convolved = carver.rows(cache.shape().channels());
    this.values = carver.rows(weights.output().inputs());
  }

  /** Scratch bytes of a block with these extents. */
  public static long scratchBytes(int rowsMax, DeltaShape shape) {
    return StepBuffers.tensorBytes(rowsMax, shape.projectionColumns())
        + StepBuffers.tensorBytes(rowsMax, shape.channels())
        + StepBuffers.tensorBytes(rowsMax, (long) shape.valueHeads() * shape.valueDim());
  }

  @Override
  public void mix(Runs runs) {
    DeltaShape shape = cache.shape();
    int rows = runs.rows();
    kernels.linear(buffers.normed(), weights.input(), rows, projection);
    kernels.causalConv(projection, weights.conv(), shape, runs, cache.windows(), convolved);
    kernels.gatedDelta(
        convolved,
        projection,
        weights.aLog(),
        weights.dtBias(),
        shape,
        runs,
        cache.states(),
        values);
    kernels.gatedNorm(values, projection, weights.norm(), eps, shape, rows, values);
    kernels.linearAdd(values, weights.output(), rows, buffers.hidden());
  }
}
