package io.souffleur.models.qwen35;

import io.souffleur.kernels.PackedLinear;
import io.souffleur.models.layer.GatedAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.tensor.Tensor;
import java.util.List;

/**
 * All weights of a text model, packed; valid until {@link #close()}.
 *
 * @param embedding F32 or BF16 [vocabSize, hiddenSize]
 * @param finalNorm F32 [hiddenSize], 1 + w
 * @param head [vocabSize, hiddenSize]
 * @param release gives files and memory back
 */
record Qwen35Weights(
    Tensor embedding, List<Layer> layers, Tensor finalNorm, PackedLinear head, Runnable release)
    implements AutoCloseable {
  /** Weights of one layer; norms are F32 [hiddenSize], 1 + w. */
  record Layer(Tensor inputNorm, MixerWeights mixer, Tensor postNorm, GatedMlp.Weights mlp) {}

  /** Weights of either kind of mixer. */
  sealed interface MixerWeights {
    record Attention(GatedAttention.Weights weights) implements MixerWeights {}

    record Delta(GatedDelta.Weights weights) implements MixerWeights {}
  }

  @Override
  public void close() {
    release.run();
  }
}
