package io.souffleur.models.qwen3;

import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.tensor.Tensor;
import java.util.List;

/**
 * All weights of a text model, packed; valid until {@link #close()}.
 *
 * @param release gives files and memory back
 */
record Qwen3Weights(LayerStack.Ends ends, List<Layer> layers, Runnable release)
    implements AutoCloseable {
  /** Weights of one layer; norms are F32 [hiddenSize], plain w. */
  record Layer(
      Tensor inputNorm, FullAttention.Weights attention, Tensor postNorm, GatedMlp.Weights mlp) {}

  @Override
  public void close() {
    release.run();
  }
}
