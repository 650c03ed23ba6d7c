package io.souffleur.models.text;

import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.tensor.Tensor;
import java.util.List;

/**
 * All weights of a text model, packed; valid until {@link #close()}.
 *
 * @param release gives files and memory back
 */
record TextWeights(LayerStack.Ends ends, List<Layer> layers, Runnable release)
    implements AutoCloseable {
  /** Weights of one layer; norms are F32 [hiddenSize], as they are multiplied. */
  record Layer(Tensor inputNorm, MixerWeights mixer, Tensor postNorm, GatedMlp.Weights mlp) {}

  /** Weights of either kind of mixer. */
  sealed interface MixerWeights {
    record Attention(FullAttention.Weights weights) implements MixerWeights {}

    record Delta(GatedDelta.Weights weights) implements MixerWeights {}
  }

  TextWeights {
    layers = List.copyOf(layers);
  }

  @Override
  public void close() {
    release.run();
  }
}
