package io.souffleur.models.qwen3;

import io.souffleur.models.weight.ExpectedTensors;
import io.souffleur.models.weight.ExpectedTensors.Entry;
import io.souffleur.models.weight.FusedMatrix;
import io.souffleur.models.weight.FusedMatrix.Part;
import io.souffleur.models.weight.TensorNames;
import java.util.ArrayList;
import java.util.List;

/** The tensors of a dense Qwen3 text model, as they lie in the file and as they are packed. */
record Qwen3Tensors(Qwen3Config config, TensorNames names) {
  /** Every tensor with its shape. */
  ExpectedTensors expected() {
    List<Entry> entries = new ArrayList<>();
    long hidden = config.hiddenSize();
    entries.add(new Entry(names.embedding(), config.vocabSize(), hidden));
    names.head().ifPresent(head -> entries.add(new Entry(head, config.vocabSize(), hidden)));
    entries.add(new Entry(names.finalNorm(), hidden));
    for (int layer = 0; layer < config.layerCount(); layer++) {
      entries.add(new Entry(inputNorm(layer), hidden));
      entries.add(new Entry(postNorm(layer), hidden));
      entries.add(new Entry(queryNorm(layer), config.headDim()));
      entries.add(new Entry(keyNorm(layer), config.headDim()));
      for (FusedMatrix matrix :
          List.of(qkv(layer), attentionOutput(layer), gateUp(layer), down(layer))) {
        for (Part part : matrix.parts()) {
          entries.add(new Entry(part.tensor(), part.rows(), matrix.inputs()));
        }
      }
    }
    return new ExpectedTensors(entries);
  }

  /** Every matrix of the layers that is packed. */
  List<FusedMatrix> matrices() {
    List<FusedMatrix> matrices = new ArrayList<>();
    for (int layer = 0; layer < config.layerCount(); layer++) {
      matrices.addAll(List.of(qkv(layer), attentionOutput(layer), gateUp(layer), down(layer)));
    }
    return matrices;
  }

  String inputNorm(int layer) {
    return names.layer(layer, "input_layernorm.weight");
  }

  String postNorm(int layer) {
    return names.layer(layer, "post_attention_layernorm.weight");
  }

  String queryNorm(int layer) {
    return names.layer(layer, "self_attn.q_norm.weight");
  }

  String keyNorm(int layer) {
    return names.layer(layer, "self_attn.k_norm.weight");
  }

  FusedMatrix qkv(int layer) {
    return columnParallel(
        layer,
        "self_attn.qkv",
        new Part(names.layer(layer, "self_attn.q_proj.weight"), config.queryColumns()),
        new Part(names.layer(layer, "self_attn.k_proj.weight"), config.keyColumns()),
        new Part(names.layer(layer, "self_attn.v_proj.weight"), config.keyColumns()));
  }

  FusedMatrix attentionOutput(int layer) {
    return rowParallel(layer, "self_attn.o_proj", config.queryColumns());
  }

  FusedMatrix gateUp(int layer) {
    return columnParallel(
        layer,
        "mlp.gate_up",
        new Part(names.layer(layer, "mlp.gate_proj.weight"), config.intermediateSize()),
        new Part(names.layer(layer, "mlp.up_proj.weight"), config.intermediateSize()));
  }

  FusedMatrix down(int layer) {
    return rowParallel(layer, "mlp.down_proj", config.intermediateSize());
  }

  private FusedMatrix columnParallel(int layer, String block, Part... parts) {
    return FusedMatrix.columnParallel(layer + "." + block, config.hiddenSize(), parts);
  }

  private FusedMatrix rowParallel(int layer, String name, int inputs) {
    Part part = new Part(names.layer(layer, name + ".weight"), config.hiddenSize());
    return FusedMatrix.rowParallel(layer + "." + name, inputs, part);
  }
}
