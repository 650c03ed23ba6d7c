package io.souffleur.models.layer;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.tensor.Tensor;

/** down(silu(gate(x)) ∘ up(x)), added to the residual stream. */
public final class GatedMlp {
  /**
   * Weights of one layer.
   *
   * @param gateUp gate and up stacked: [2·intermediateSize, hiddenSize]
   * @param down [hiddenSize, intermediateSize], row-parallel
   */
  public record Weights(PackedLinear gateUp, PackedLinear down) {}

  private final Kernels kernels;
  private final Weights weights;
  private final StepBuffers buffers;
  private final Tensor gateUp;
  private final Tensor product;

  public GatedMlp(Kernels kernels, Weights weights, StepBuffers buffers) {
    this.kernels = kernels;
    this.weights = weights;
    this.buffers = buffers;
    var carver = buffers.carve();
    this.gateUp = carver.rows(weights.gateUp().outputs());
    this.product = carver.rows(weights.down().inputs());
  }

  /** Scratch bytes of a block with these extents. */
  public static long scratchBytes(int rowsMax, int intermediateSize) {
    return StepBuffers.tensorBytes(rowsMax, 2L * intermediateSize)
        + StepBuffers.tensorBytes(rowsMax, intermediateSize);
  }

  /** hidden += mlp(normed) for the first {@code rows} rows. */
  public void add(int rows) {
    kernels.linear(buffers.normed(), weights.gateUp(), rows, gateUp);
    kernels.siluMul(gateUp, rows, product);
    kernels.linearAdd(product, weights.down(), rows, buffers.hidden());
  }
}
