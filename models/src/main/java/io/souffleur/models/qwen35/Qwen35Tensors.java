package io.souffleur.models.qwen35;

import io.souffleur.models.weight.ExpectedTensors;
import io.souffleur.models.weight.ExpectedTensors.Entry;
import io.souffleur.models.weight.TensorNames;
import java.util.ArrayList;
import java.util.List;

/** Lists the tensors of a Qwen3.5 text model. */
final class Qwen35Tensors {
  private Qwen35Tensors() {}

  static ExpectedTensors expected(Qwen35Config config, TensorNames names) {
    List<Entry> entries = new ArrayList<>();
    long hidden = config.hiddenSize();
    entries.add(new Entry(names.embedding(), config.vocabSize(), hidden));
    names.head().ifPresent(head -> entries.add(new Entry(head, config.vocabSize(), hidden)));
    entries.add(new Entry(names.finalNorm(), hidden));
    for (int i = 0; i < config.layerCount(); i++) {
      if (config.attentionLayers().get(i)) {
        addAttention(entries, config, names.layer(i, "self_attn."));
      } else {
        addDelta(entries, config, names.layer(i, "linear_attn."));
      }
      entries.add(new Entry(names.layer(i, "input_layernorm.weight"), hidden));
      entries.add(new Entry(names.layer(i, "post_attention_layernorm.weight"), hidden));
      entries.add(
          new Entry(names.layer(i, "mlp.gate_proj.weight"), config.intermediateSize(), hidden));
      entries.add(
          new Entry(names.layer(i, "mlp.up_proj.weight"), config.intermediateSize(), hidden));
      entries.add(
          new Entry(names.layer(i, "mlp.down_proj.weight"), hidden, config.intermediateSize()));
    }
    return new ExpectedTensors(entries);
  }

  private static void addAttention(List<Entry> entries, Qwen35Config config, String prefix) {
    long hidden = config.hiddenSize();
    long kvRows = (long) config.kvHeads() * config.headDim();
    entries.add(new Entry(prefix + "q_proj.weight", 2L * config.attendedColumns(), hidden));
    entries.add(new Entry(prefix + "k_proj.weight", kvRows, hidden));
    entries.add(new Entry(prefix + "v_proj.weight", kvRows, hidden));
    entries.add(new Entry(prefix + "o_proj.weight", hidden, config.attendedColumns()));
    entries.add(new Entry(prefix + "q_norm.weight", config.headDim()));
    entries.add(new Entry(prefix + "k_norm.weight", config.headDim()));
  }

  private static void addDelta(List<Entry> entries, Qwen35Config config, String prefix) {
    long hidden = config.hiddenSize();
    long heads = config.delta().valueHeads();
    long channels = config.delta().channels();
    entries.add(new Entry(prefix + "in_proj_qkv.weight", channels, hidden));
    entries.add(new Entry(prefix + "in_proj_z.weight", config.valueColumns(), hidden));
    entries.add(new Entry(prefix + "in_proj_b.weight", heads, hidden));
    entries.add(new Entry(prefix + "in_proj_a.weight", heads, hidden));
    entries.add(new Entry(prefix + "conv1d.weight", channels, 1, config.delta().convWidth()));
    entries.add(new Entry(prefix + "A_log", heads));
    entries.add(new Entry(prefix + "dt_bias", heads));
    entries.add(new Entry(prefix + "norm.weight", config.delta().valueDim()));
    entries.add(new Entry(prefix + "out_proj.weight", hidden, config.valueColumns()));
  }
}
