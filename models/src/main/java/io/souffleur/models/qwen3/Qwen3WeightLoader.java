package io.souffleur.models.qwen3;

import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.models.weight.PackedModel;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Packs or maps the weights of a dense Qwen3 text model and puts its layers together. */
final class Qwen3WeightLoader {
  private final Qwen3Config config;
  private final Qwen3Tensors tensors;
  private final PackedModel model;

  Qwen3WeightLoader(Qwen3Config config, Qwen3Tensors tensors, PackedModel model) {
    this.config = config;
    this.tensors = tensors;
    this.model = model;
  }

  /** The loaded weights own the model's memory from here on; it is closed when loading fails. */
  Qwen3Weights load(PanelStore store, Progress progress) throws IOException {
    model.open(tensors.matrices(), store, progress);
    try {
      return assemble();
    } catch (IOException | RuntimeException failure) {
      model.close();
      throw failure;
    }
  }

  private Qwen3Weights assemble() throws InvalidModelException {
    List<Qwen3Weights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      layers.add(new Qwen3Weights.Layer(
          norm(tensors.inputNorm(i), config.hiddenSize()),
          new FullAttention.Weights(
              model.packed(tensors.qkv(i)),
              model.packed(tensors.attentionOutput(i)),
              norm(tensors.queryNorm(i), config.headDim()),
              norm(tensors.keyNorm(i), config.headDim())),
          norm(tensors.postNorm(i), config.hiddenSize()),
          new GatedMlp.Weights(model.packed(tensors.gateUp(i)), model.packed(tensors.down(i)))));
    }
    var ends = new LayerStack.Ends(
        model.embedding(), norm(tensors.names().finalNorm(), config.hiddenSize()), model.head());
    return new Qwen3Weights(ends, List.copyOf(layers), model::close);
  }

  private Tensor norm(String name, int columns) throws InvalidModelException {
    return model.vector(name, 0, columns);
  }
}
