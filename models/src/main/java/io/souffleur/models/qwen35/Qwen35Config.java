package io.souffleur.models.qwen35;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Extents and constants of a Qwen3.5 text model.
 *
 * @param attentionLayers per layer, true for full attention and false for the gated delta rule
 * @param rotaryDim leading columns of a head that are rotated, even
 * @param tied whether the head is the embedding; empty when the config is silent and the file decides
 * @param eosIds token ids that end a generation, ascending, of both configs
 */
record Qwen35Config(
    String modelType,
    int hiddenSize,
    int intermediateSize,
    int vocabSize,
    int contextLength,
    List<Boolean> attentionLayers,
    int heads,
    int kvHeads,
    int headDim,
    int rotaryDim,
    double ropeTheta,
    float eps,
    DeltaShape delta,
    Optional<Boolean> tied,
    List<Integer> eosIds) {
  static final List<String> MODEL_TYPES = List.of("minicpmv4_6", "qwen3_5", "qwen3_5_text");

  private static final String TEXT_TYPE = "qwen3_5_text";
  /** Small enough that no product of extents that a layer's columns are made of overflows. */
  private static final int HEADS_MAX = 1_024;

  private static final int HEAD_DIM_MAX = 1_024;
  private static final int EXTENT_MAX = 1 << 20;
  private static final int VOCAB_MAX = 1 << 24;
  private static final int LAYERS_MAX = 1_024;
  private static final int CONTEXT_ABSENT = 32_768;
  private static final int INTERVAL_ABSENT = 4;
  private static final double ROTARY_FACTOR_ABSENT = 0.25;
  private static final double EPS_ABSENT = 1e-6;

  /** @throws InvalidModelException naming the first key that is missing, wrong or not supported */
  static Qwen35Config parse(ModelFolder folder) throws InvalidModelException {
    ConfigJson root = folder.config();
    Optional<ConfigJson> nested = root.object("text_config");
    ConfigJson text = nested.orElse(root);
    if (!text.text("model_type", TEXT_TYPE).equals(TEXT_TYPE)) {
      throw text.refusal("model_type", TEXT_TYPE);
    }
    refuseUnsupported(root);
    refuseUnsupported(text);
    ConfigJson rope = text.object("rope_parameters").orElse(text);
    refuseUnsupportedRope(rope);
    Optional<ConfigJson> scaling = text.object("rope_scaling");
    if (scaling.isPresent()) {
      refuseUnsupportedRope(scaling.get());
    }
    int heads = text.count("num_attention_heads", HEADS_MAX);
    int kvHeads = text.count("num_key_value_heads", HEADS_MAX, heads);
    if (heads % kvHeads != 0) {
      throw text.refusal("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    }
    int headDim = text.count("head_dim", HEAD_DIM_MAX);
    return new Qwen35Config(
        root.text("model_type", TEXT_TYPE),
        text.count("hidden_size", EXTENT_MAX),
        text.count("intermediate_size", EXTENT_MAX),
        text.count("vocab_size", VOCAB_MAX),
        text.count("max_position_embeddings", Integer.MAX_VALUE, CONTEXT_ABSENT),
        layers(text),
        heads,
        kvHeads,
        headDim,
        rotaryDim(text, rope, headDim),
        rope.has("rope_theta") ? rope.positive("rope_theta") : text.positive("rope_theta"),
        (float) (text.has("rms_norm_eps") ? text.positive("rms_norm_eps") : EPS_ABSENT),
        delta(text),
        tied(root, text),
        eosIds(folder, root, text));
  }

  private static void refuseUnsupported(ConfigJson config) throws InvalidModelException {
    if (config.has("mrope_mode")) {
      throw config.refusal("mrope_mode", "absent: only one-dimensional positions are supported");
    }
    if (config.flag("attention_bias", false)) {
      throw config.refusal("attention_bias", "false");
    }
    if (!config.flag("attn_output_gate", true)) {
      throw config.refusal("attn_output_gate", "true");
    }
    if (!config.text("hidden_act", "silu").equals("silu")) {
      throw config.refusal("hidden_act", "silu");
    }
    if (!config.texts("mlp_only_layers").isEmpty() || config.has("num_experts")) {
      throw config.refusal("num_experts", "absent: layers with experts are not supported");
    }
    if (config.has("quantization_config")) {
      throw config.refusal("quantization_config", "absent: weights must be F32, BF16 or F16");
    }
  }

  private static void refuseUnsupportedRope(ConfigJson rope) throws InvalidModelException {
    for (String key : List.of("rope_type", "type")) {
      if (!rope.text(key, "default").equals("default")) {
        throw rope.refusal(key, "default");
      }
    }
    if (rope.has("mrope_mode")) {
      throw rope.refusal("mrope_mode", "absent: only one-dimensional positions are supported");
    }
  }

  private static List<Boolean> layers(ConfigJson text) throws InvalidModelException {
    int count = text.count("num_hidden_layers", LAYERS_MAX);
    List<Boolean> attention = new ArrayList<>();
    if (text.has("layer_types")) {
      for (String type : text.texts("layer_types")) {
        switch (type) {
          case "full_attention" -> attention.add(true);
          case "linear_attention" -> attention.add(false);
          default ->
            throw text.refusal("layer_types", "a list of full_attention and linear_attention");
        }
      }
      if (attention.size() != count) {
        throw text.refusal("layer_types", "a list of num_hidden_layers = " + count + " types");
      }
    } else {
      int interval = text.count("full_attention_interval", LAYERS_MAX, INTERVAL_ABSENT);
      for (int i = 0; i < count; i++) {
        attention.add((i + 1) % interval == 0);
      }
    }
    return List.copyOf(attention);
  }

  private static int rotaryDim(ConfigJson text, ConfigJson rope, int headDim)
      throws InvalidModelException {
    ConfigJson holder = rope.has("partial_rotary_factor") ? rope : text;
    double factor = holder.has("partial_rotary_factor")
        ? holder.positive("partial_rotary_factor")
        : ROTARY_FACTOR_ABSENT;
    int rotaryDim = (int) Math.floor(headDim * Math.min(factor, 2));
    if (rotaryDim < 2 || rotaryDim % 2 != 0 || rotaryDim > headDim) {
      throw holder.refusal(
          "partial_rotary_factor",
          "a share of head_dim " + headDim + " with an even number of columns");
    }
    return rotaryDim;
  }

  private static DeltaShape delta(ConfigJson text) throws InvalidModelException {
    var shape = new DeltaShape(
        text.count("linear_num_key_heads", HEADS_MAX),
        text.count("linear_num_value_heads", HEADS_MAX),
        text.count("linear_key_head_dim", HEAD_DIM_MAX),
        text.count("linear_value_head_dim", HEAD_DIM_MAX),
        text.count("linear_conv_kernel_dim", 64, 4));
    if (shape.valueHeads() % shape.keyHeads() != 0) {
      throw text.refusal(
          "linear_num_value_heads", "a multiple of linear_num_key_heads " + shape.keyHeads());
    }
    return shape;
  }

  /** The outer config knows the file it was written for; the nested one is a copy of a template. */
  private static Optional<Boolean> tied(ConfigJson root, ConfigJson text)
      throws InvalidModelException {
    for (ConfigJson config : List.of(root, text)) {
      if (config.has("tie_word_embeddings")) {
        return Optional.of(config.flag("tie_word_embeddings", false));
      }
    }
    return Optional.empty();
  }

  private static List<Integer> eosIds(ModelFolder folder, ConfigJson root, ConfigJson text)
      throws InvalidModelException {
    var ids = new TreeSet<>(root.ids("eos_token_id"));
    ids.addAll(text.ids("eos_token_id"));
    if (folder.generation().isPresent()) {
      ids.addAll(folder.generation().get().ids("eos_token_id"));
    }
    return List.copyOf(ids);
  }

  int layerCount() {
    return attentionLayers.size();
  }

  int attentionLayerCount() {
    return (int) attentionLayers.stream().filter(a -> a).count();
  }

  /** Columns of the fused projection of an attention layer: q with gate, k, v. */
  int attentionColumns() {
    return 2 * (heads + kvHeads) * headDim;
  }

  /** Columns that an attention layer hands to its output projection. */
  int attendedColumns() {
    return heads * headDim;
  }

  /** Columns that a delta layer hands to its output projection. */
  int valueColumns() {
    return delta.valueHeads() * delta.valueDim();
  }
}
