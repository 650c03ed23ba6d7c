package io.souffleur.models.vision;

import io.souffleur.kernels.PackedLinear;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.weight.FusedMatrix;
import io.souffleur.models.weight.PackedMatrices;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The weights of a vision tower; {@code memory} is what they live in. */
record NavitWeights(
    Linear patch,
    Tensor positions,
    List<Layer> layers,
    Norm postNorm,
    WindowMerger windowMerger,
    Norm mergerNorm,
    Linear mergerIn,
    Linear mergerOut,
    PackedMatrices memory) {

  /** x · Wᵀ + bias; bias F32 [outputs]. */
  record Linear(PackedLinear matrix, Tensor bias) {}

  /** F32 [columns] each. */
  record Norm(Tensor weight, Tensor bias) {}

  /** Queries, keys and values stacked, and the way out. */
  record Attention(Norm norm, Linear input, Linear output) {}

  record Layer(Attention attention, Norm mlpNorm, Linear mlpIn, Linear mlpOut) {}

  record WindowMerger(Attention attention, Norm norm, Linear in, Linear out) {}

  static NavitWeights of(NavitTensors names, PackedMatrices memory) throws InvalidModelException {
    return new Reader(names, memory).weights();
  }

  private record Reader(NavitTensors names, PackedMatrices memory) {
    NavitWeights weights() throws InvalidModelException {
      NavitConfig config = names.config();
      List<Layer> layers = new ArrayList<>();
      for (int i = 0; i < config.layers(); i++) {
        layers.add(new Layer(
            attention(names.layer(i)),
            norm(names.layer(i) + "layer_norm2.", config.hiddenSize()),
            linear(names.mlpIn(i)),
            linear(names.mlpOut(i))));
      }
      var windowMerger = new WindowMerger(
          attention(names.windowMerger()),
          norm(names.windowMerger() + "pre_norm.", config.windowColumns()),
          linear(names.windowIn()),
          linear(names.windowOut()));
      return new NavitWeights(
          new Linear(
              memory.packed(names.patchMatrix()),
              memory.vector(names.patchEmbedding() + "bias", 0, config.hiddenSize())),
          memory.vector(names.positions(), 0, config.positions(), config.hiddenSize()),
          List.copyOf(layers),
          norm(names.tower() + "post_layernorm.", config.hiddenSize()),
          windowMerger,
          norm(names.merger() + "pre_norm.", config.windowColumns()),
          linear(names.mergerIn()),
          linear(names.mergerOut()),
          memory);
    }

    private Attention attention(String block) throws InvalidModelException {
      int hidden = names.config().hiddenSize();
      FusedMatrix input = names.attentionInput(block);
      return new Attention(
          norm(block + "layer_norm1.", hidden),
          new Linear(memory.packed(input), stackedBiases(input)),
          linear(names.attentionOutput(block)));
    }

    private Tensor stackedBiases(FusedMatrix matrix) throws InvalidModelException {
      Tensor stacked = memory.zeros(matrix.outputs());
      long at = 0;
      for (FusedMatrix.Part part : matrix.parts()) {
        Tensor bias = memory.vector(part.tensor().replace(".weight", ".bias"), 0, part.rows());
        long bytes = DType.F32.bytes(part.rows());
        stacked.memory().asSlice(at, bytes).copyFrom(bias.memory());
        at += bytes;
      }
      return stacked;
    }

    private Linear linear(FusedMatrix matrix) throws InvalidModelException {
      return new Linear(
          memory.packed(matrix), memory.vector(matrix.block() + "bias", 0, matrix.outputs()));
    }

    private Norm norm(String prefix, int columns) throws InvalidModelException {
      return new Norm(
          memory.vector(prefix + "weight", 0, columns), memory.vector(prefix + "bias", 0, columns));
    }
  }
}
