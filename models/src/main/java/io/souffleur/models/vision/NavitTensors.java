package io.souffleur.models.vision;

import io.souffleur.models.weight.ExpectedTensors;
import io.souffleur.models.weight.ExpectedTensors.Entry;
import io.souffleur.models.weight.FusedMatrix;
import io.souffleur.models.weight.FusedMatrix.Part;
import io.souffleur.models.weight.WeightSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a MiniCPM-V 4.6 vision tower by name, and the matrices they are packed into.
 *
 * @param tower prefix of the tower
 * @param windowMerger prefix of the merger in the middle
 * @param merger prefix of the final merger
 */
record NavitTensors(NavitConfig config, String tower, String windowMerger, String merger) {
  private static final String TOWER = "model.vision_tower.";
  private static final String OLD_TOWER = "vpm.";
  private static final String OLD_WINDOW_MERGER = "model.vit_merger.";
  private static final String MERGER = "model.merger.mlp.0.";
  private static final String OLD_MERGER = "merger.mlp.0.";
  private static final List<String> ATTENTION_PARTS = List.of("q_proj", "k_proj", "v_proj");

  /** Finds the prefixes that {@code weights} uses; older exports have others. */
  static NavitTensors of(NavitConfig config, WeightSource weights) {
    String tower = weights.has(TOWER + "post_layernorm.weight") ? TOWER : OLD_TOWER;
    String inner = tower + "vit_merger.";
    String windowMerger = weights.has(inner + "pre_norm.weight") ? inner : OLD_WINDOW_MERGER;
    String merger = weights.has(MERGER + "pre_norm.weight") ? MERGER : OLD_MERGER;
    return new NavitTensors(config, tower, windowMerger, merger);
  }

  ExpectedTensors expected() {
    List<Entry> entries = new ArrayList<>();
    int hidden = config.hiddenSize();
    int patch = config.patchSize();
    entries.add(new Entry(patchEmbedding() + "weight", hidden, NavitConfig.CHANNELS, patch, patch));
    entries.add(new Entry(patchEmbedding() + "bias", hidden));
    entries.add(new Entry(positions(), config.positions(), hidden));
    addNorm(entries, tower + "post_layernorm.", hidden);
    for (int i = 0; i < config.layers(); i++) {
      addNorm(entries, layer(i) + "layer_norm1.", hidden);
      addNorm(entries, layer(i) + "layer_norm2.", hidden);
      addAttention(entries, layer(i) + "self_attn.");
      addLinear(entries, layer(i) + "mlp.fc1.", config.intermediateSize(), hidden);
      addLinear(entries, layer(i) + "mlp.fc2.", hidden, config.intermediateSize());
    }
    int window = config.windowColumns();
    addNorm(entries, windowMerger + "layer_norm1.", hidden);
    addAttention(entries, windowMerger + "self_attn.");
    addNorm(entries, windowMerger + "pre_norm.", window);
    addLinear(entries, windowMerger + "linear_1.", config.windowInnerColumns(), window);
    addLinear(entries, windowMerger + "linear_2.", hidden, config.windowInnerColumns());
    addNorm(entries, merger + "pre_norm.", window);
    addLinear(entries, merger + "linear_1.", window, window);
    addLinear(entries, merger + "linear_2.", config.featureColumns(), window);
    return new ExpectedTensors(entries);
  }

  private void addAttention(List<Entry> entries, String prefix) {
    for (String part : List.of("q_proj.", "k_proj.", "v_proj.", "out_proj.")) {
      addLinear(entries, prefix + part, config.hiddenSize(), config.hiddenSize());
    }
  }

  private static void addNorm(List<Entry> entries, String prefix, int columns) {
    entries.add(new Entry(prefix + "weight", columns));
    entries.add(new Entry(prefix + "bias", columns));
  }

  private static void addLinear(List<Entry> entries, String prefix, int outputs, int inputs) {
    entries.add(new Entry(prefix + "weight", outputs, inputs));
    entries.add(new Entry(prefix + "bias", outputs));
  }

  String patchEmbedding() {
    return tower + "embeddings.patch_embedding.";
  }

  String positions() {
    return tower + "embeddings.position_embedding.weight";
  }

  String layer(int index) {
    return tower + "encoder.layers." + index + ".";
  }

  FusedMatrix patchMatrix() {
    long patch = config.patchSize();
    List<Long> inner = List.of((long) NavitConfig.CHANNELS, patch, patch);
    return FusedMatrix.columnParallel(
        "vision.patch",
        config.patchBytes(),
        new Part(patchEmbedding() + "weight", config.hiddenSize(), inner));
  }

  /** Queries, keys and values of an attention block, stacked. */
  FusedMatrix attentionInput(String block) {
    Part[] parts = ATTENTION_PARTS.stream()
        .map(part -> new Part(block + "self_attn." + part + ".weight", config.hiddenSize()))
        .toArray(Part[]::new);
    return FusedMatrix.columnParallel(block + "qkv", config.hiddenSize(), parts);
  }

  FusedMatrix linear(String prefix, int outputs, int inputs) {
    return FusedMatrix.columnParallel(prefix, inputs, new Part(prefix + "weight", outputs));
  }

  FusedMatrix attentionOutput(String block) {
    return linear(block + "self_attn.out_proj.", config.hiddenSize(), config.hiddenSize());
  }

  FusedMatrix mlpIn(int layer) {
    return linear(layer(layer) + "mlp.fc1.", config.intermediateSize(), config.hiddenSize());
  }

  FusedMatrix mlpOut(int layer) {
    return linear(layer(layer) + "mlp.fc2.", config.hiddenSize(), config.intermediateSize());
  }

  FusedMatrix windowIn() {
    return linear(windowMerger + "linear_1.", config.windowInnerColumns(), config.windowColumns());
  }

  FusedMatrix windowOut() {
    return linear(windowMerger + "linear_2.", config.hiddenSize(), config.windowInnerColumns());
  }

  FusedMatrix mergerIn() {
    return linear(merger + "linear_1.", config.windowColumns(), config.windowColumns());
  }

  FusedMatrix mergerOut() {
    return linear(merger + "linear_2.", config.featureColumns(), config.windowColumns());
  }

  List<FusedMatrix> matrices() {
    List<FusedMatrix> all = new ArrayList<>();
    all.add(patchMatrix());
    for (int i = 0; i < config.layers(); i++) {
      all.add(attentionInput(layer(i)));
      all.add(attentionOutput(layer(i)));
      all.add(mlpIn(i));
      all.add(mlpOut(i));
    }
    all.add(attentionInput(windowMerger));
    all.add(attentionOutput(windowMerger));
    all.addAll(List.of(windowIn(), windowOut(), mergerIn(), mergerOut()));
    return all;
  }
}
