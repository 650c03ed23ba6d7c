package io.souffleur.models.text;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.models.text.TextWeights.MixerWeights;
import io.souffleur.models.weight.PackedModel;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Packs or maps the weights of a text model and puts its layers together. */
final class TextWeightLoader {
  private final TextTensors tensors;
  private final float normOffset;
  private final PackedModel model;

  /** @param normOffset added to the weights of a layer's norms: 1 where the model multiplies by 1 + w */
  TextWeightLoader(TextTensors tensors, float normOffset, PackedModel model) {
    this.tensors = tensors;
    this.normOffset = normOffset;
    this.model = model;
  }

  /** The loaded weights own the model's memory from here on; it is closed when loading fails. */
  TextWeights load(PanelStore store, Progress progress) throws IOException {
    model.open(tensors.matrices(), store, progress);
    try {
      return assemble();
    } catch (IOException | RuntimeException failure) {
      model.close();
      throw failure;
    }
  }

  private TextWeights assemble() throws InvalidModelException {
    TextConfig config = tensors.config();
    List<TextWeights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      layers.add(new TextWeights.Layer(
          norm(tensors.inputNorm(i), config.hiddenSize()),
          tensors.attends(i) ? attention(i) : delta(i),
          norm(tensors.postNorm(i), config.hiddenSize()),
          new GatedMlp.Weights(model.packed(tensors.gateUp(i)), model.packed(tensors.down(i)))));
    }
    var ends = new LayerStack.Ends(
        model.embedding(), norm(tensors.names().finalNorm(), config.hiddenSize()), model.head());
    return new TextWeights(ends, layers, model::close);
  }

  private MixerWeights attention(int layer) throws InvalidModelException {
    int headDim = tensors.config().headDim();
    return new MixerWeights.Attention(new FullAttention.Weights(
        model.packed(tensors.attentionInput(layer)),
        model.packed(tensors.attentionOutput(layer)),
        norm(tensors.queryNorm(layer), headDim),
        norm(tensors.keyNorm(layer), headDim)));
  }

  private MixerWeights delta(int layer) throws InvalidModelException {
    DeltaShape shape = tensors.delta();
    int channels = shape.channels();
    int width = shape.convWidth();
    return new MixerWeights.Delta(new GatedDelta.Weights(
        model.packed(tensors.deltaInput(layer)),
        model.packed(tensors.deltaOutput(layer)),
        model.vector(tensors.conv(layer), 0, channels, 1, width).reshape(channels, width),
        model.vector(tensors.aLog(layer), 0, shape.valueHeads()),
        model.vector(tensors.dtBias(layer), 0, shape.valueHeads()),
        model.vector(tensors.deltaNorm(layer), 0, shape.valueDim())));
  }

  private Tensor norm(String name, int columns) throws InvalidModelException {
    return model.vector(name, normOffset, columns);
  }
}
