package io.souffleur.models.text;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.models.weight.ExpectedTensors;
import io.souffleur.models.weight.ExpectedTensors.Entry;
import io.souffleur.models.weight.FusedMatrix;
import io.souffleur.models.weight.FusedMatrix.Part;
import io.souffleur.models.weight.TensorNames;
import java.util.ArrayList;
import java.util.List;

/** The tensors of a text model, as they lie in the file and as they are packed. */
record TextTensors(TextConfig config, TensorNames names) {
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
      if (attends(layer)) {
        entries.add(new Entry(queryNorm(layer), config.headDim()));
        entries.add(new Entry(keyNorm(layer), config.headDim()));
      } else {
        DeltaShape delta = delta();
        entries.add(new Entry(conv(layer), delta.channels(), 1, delta.convWidth()));
        entries.add(new Entry(aLog(layer), delta.valueHeads()));
        entries.add(new Entry(dtBias(layer), delta.valueHeads()));
        entries.add(new Entry(deltaNorm(layer), delta.valueDim()));
      }
      for (FusedMatrix matrix : matrices(layer)) {
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
      matrices.addAll(matrices(layer));
    }
    return matrices;
  }

  private List<FusedMatrix> matrices(int layer) {
    return attends(layer)
        ? List.of(attentionInput(layer), attentionOutput(layer), gateUp(layer), down(layer))
        : List.of(deltaInput(layer), deltaOutput(layer), gateUp(layer), down(layer));
  }

  boolean attends(int layer) {
    return config.attentionLayers().get(layer);
  }

  DeltaShape delta() {
    return config.delta().orElseThrow();
  }

  // ---- vectors ----

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

  String conv(int layer) {
    return names.layer(layer, "linear_attn.conv1d.weight");
  }

  String aLog(int layer) {
    return names.layer(layer, "linear_attn.A_log");
  }

  String dtBias(int layer) {
    return names.layer(layer, "linear_attn.dt_bias");
  }

  String deltaNorm(int layer) {
    return names.layer(layer, "linear_attn.norm.weight");
  }

  // ---- matrices ----

  FusedMatrix attentionInput(int layer) {
    int queryRows = config.attentionColumns() - 2 * config.keyColumns();
    return columnParallel(
        layer,
        "self_attn.qkv",
        new Part(names.layer(layer, "self_attn.q_proj.weight"), queryRows),
        new Part(names.layer(layer, "self_attn.k_proj.weight"), config.keyColumns()),
        new Part(names.layer(layer, "self_attn.v_proj.weight"), config.keyColumns()));
  }

  FusedMatrix attentionOutput(int layer) {
    return rowParallel(layer, "self_attn.o_proj", config.queryColumns());
  }

  FusedMatrix deltaInput(int layer) {
    DeltaShape delta = delta();
    return columnParallel(
        layer,
        "linear_attn.in_proj",
        new Part(names.layer(layer, "linear_attn.in_proj_qkv.weight"), delta.channels()),
        new Part(
            names.layer(layer, "linear_attn.in_proj_z.weight"), TextConfig.valueColumns(delta)),
        new Part(names.layer(layer, "linear_attn.in_proj_b.weight"), delta.valueHeads()),
        new Part(names.layer(layer, "linear_attn.in_proj_a.weight"), delta.valueHeads()));
  }

  FusedMatrix deltaOutput(int layer) {
    return rowParallel(layer, "linear_attn.out_proj", TextConfig.valueColumns(delta()));
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
