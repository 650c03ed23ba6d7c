package io.souffleur.models.qwen35;

import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.models.weight.FusedMatrix;
import io.souffleur.models.weight.FusedMatrix.Part;
import io.souffleur.models.weight.PackedModel;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.TensorNames;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Lists the matrices of a Qwen3.5 text model and puts its layers together. */
final class Qwen35WeightLoader {
  private final Qwen35Config config;
  private final TensorNames names;
  private final PackedModel model;

  Qwen35WeightLoader(Qwen35Config config, TensorNames names, PackedModel model) {
    this.config = config;
    this.names = names;
    this.model = model;
  }

  /** The loaded weights own the model's memory from here on; it is closed when loading fails. */
  Qwen35Weights load(PanelStore store, Progress progress) throws IOException {
    model.open(matrices(), store, progress);
    try {
      return assemble();
    } catch (IOException | RuntimeException failure) {
      model.close();
      throw failure;
    }
  }

  private List<FusedMatrix> matrices() {
    List<FusedMatrix> matrices = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      if (config.attentionLayers().get(i)) {
        matrices.add(attentionInput(i));
        matrices.add(attentionOutput(i));
      } else {
        matrices.add(deltaInput(i));
        matrices.add(deltaOutput(i));
      }
      matrices.add(gateUp(i));
      matrices.add(down(i));
    }
    return matrices;
  }

  private FusedMatrix attentionInput(int layer) {
    int kvRows = config.kvHeads() * config.headDim();
    return columnParallel(
        layer,
        "self_attn.qkv",
        new Part(names.layer(layer, "self_attn.q_proj.weight"), 2 * config.attendedColumns()),
        new Part(names.layer(layer, "self_attn.k_proj.weight"), kvRows),
        new Part(names.layer(layer, "self_attn.v_proj.weight"), kvRows));
  }

  private FusedMatrix attentionOutput(int layer) {
    return rowParallel(layer, "self_attn.o_proj", config.attendedColumns());
  }

  private FusedMatrix deltaInput(int layer) {
    int heads = config.delta().valueHeads();
    return columnParallel(
        layer,
        "linear_attn.in_proj",
        new Part(
            names.layer(layer, "linear_attn.in_proj_qkv.weight"), config.delta().channels()),
        new Part(names.layer(layer, "linear_attn.in_proj_z.weight"), config.valueColumns()),
        new Part(names.layer(layer, "linear_attn.in_proj_b.weight"), heads),
        new Part(names.layer(layer, "linear_attn.in_proj_a.weight"), heads));
  }

  private FusedMatrix deltaOutput(int layer) {
    return rowParallel(layer, "linear_attn.out_proj", config.valueColumns());
  }

  private FusedMatrix gateUp(int layer) {
    return columnParallel(
        layer,
        "mlp.gate_up",
        new Part(names.layer(layer, "mlp.gate_proj.weight"), config.intermediateSize()),
        new Part(names.layer(layer, "mlp.up_proj.weight"), config.intermediateSize()));
  }

  private FusedMatrix down(int layer) {
    return rowParallel(layer, "mlp.down_proj", config.intermediateSize());
  }

  private FusedMatrix columnParallel(int layer, String block, Part... parts) {
    return FusedMatrix.columnParallel(layer + "." + block, config.hiddenSize(), parts);
  }

  private FusedMatrix rowParallel(int layer, String name, int inputs) {
    Part part = new Part(names.layer(layer, name + ".weight"), config.hiddenSize());
    return FusedMatrix.rowParallel(layer + "." + name, inputs, part);
  }

  // ---- putting layers together ----

  private Qwen35Weights assemble() throws InvalidModelException {
    List<Qwen35Weights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      layers.add(new Qwen35Weights.Layer(
          norm(names.layer(i, "input_layernorm.weight"), config.hiddenSize()),
          config.attentionLayers().get(i) ? attention(i) : delta(i),
          norm(names.layer(i, "post_attention_layernorm.weight"), config.hiddenSize()),
          new GatedMlp.Weights(model.packed(gateUp(i)), model.packed(down(i)))));
    }
    var ends = new LayerStack.Ends(
        model.embedding(), norm(names.finalNorm(), config.hiddenSize()), model.head());
    return new Qwen35Weights(ends, List.copyOf(layers), model::close);
  }

  private Qwen35Weights.MixerWeights attention(int layer) throws InvalidModelException {
    return new Qwen35Weights.MixerWeights.Attention(new FullAttention.Weights(
        model.packed(attentionInput(layer)),
        model.packed(attentionOutput(layer)),
        norm(names.layer(layer, "self_attn.q_norm.weight"), config.headDim()),
        norm(names.layer(layer, "self_attn.k_norm.weight"), config.headDim())));
  }

  private Qwen35Weights.MixerWeights delta(int layer) throws InvalidModelException {
    int channels = config.delta().channels();
    int width = config.delta().convWidth();
    int heads = config.delta().valueHeads();
    return new Qwen35Weights.MixerWeights.Delta(new GatedDelta.Weights(
        model.packed(deltaInput(layer)),
        model.packed(deltaOutput(layer)),
        model
            .vector(names.layer(layer, "linear_attn.conv1d.weight"), 0, channels, 1, width)
            .reshape(channels, width),
        model.vector(names.layer(layer, "linear_attn.A_log"), 0, heads),
        model.vector(names.layer(layer, "linear_attn.dt_bias"), 0, heads),
        model.vector(
            names.layer(layer, "linear_attn.norm.weight"), 0, config.delta().valueDim())));
  }

  /** A norm that the model applies as 1 + w. */
  private Tensor norm(String name, int columns) throws InvalidModelException {
    return model.vector(name, 1, columns);
  }
}
