package io.souffleur.models.qwen3;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Extents and constants of a dense Qwen3 text model.
 *
 * @param headDim all of its columns are rotated, even
 * @param tied whether the head is the embedding; empty when the config is silent and the file decides
 * @param eosIds token ids that end a generation, ascending, of both configs
 */
record Qwen3Config(
    String modelType,
    int hiddenSize,
    int intermediateSize,
    int vocabSize,
    int contextLength,
    int layerCount,
    int heads,
    int kvHeads,
    int headDim,
    double ropeTheta,
    float eps,
    Optional<Boolean> tied,
    List<Integer> eosIds) {
  static final String TEXT_TYPE = "qwen3";
  /** Complete models whose text part may be this one. */
  static final List<String> OUTER_TYPES = List.of("interns1");

  /** Small enough that no product of extents that a layer's columns are made of overflows. */
  private static final int HEADS_MAX = 1_024;

  private static final int HEAD_DIM_MAX = 1_024;
  private static final int EXTENT_MAX = 1 << 20;
  private static final int VOCAB_MAX = 1 << 24;
  private static final int LAYERS_MAX = 1_024;
  private static final int CONTEXT_ABSENT = 32_768;
  private static final int HEAD_DIM_ABSENT = 128;
  private static final double THETA_ABSENT = 10_000;
  private static final double EPS_ABSENT = 1e-6;

  /** Whether {@code root} is such a model, alone or as the text part of a larger one. */
  static boolean recognises(ConfigJson root) throws InvalidModelException {
    String type = root.text("model_type", "");
    if (!OUTER_TYPES.contains(type)) {
      return type.equals(TEXT_TYPE);
    }
    Optional<ConfigJson> text = root.object("text_config");
    return text.isPresent() && text.get().text("model_type", TEXT_TYPE).equals(TEXT_TYPE);
  }

  /** @throws InvalidModelException naming the first key that is missing, wrong or not supported */
  static Qwen3Config parse(ModelFolder folder) throws InvalidModelException {
    ConfigJson root = folder.config();
    ConfigJson text = root.object("text_config").orElse(root);
    refuseUnsupported(root);
    refuseUnsupported(text);
    int heads = text.count("num_attention_heads", HEADS_MAX);
    int kvHeads = text.count("num_key_value_heads", HEADS_MAX, heads);
    if (heads % kvHeads != 0) {
      throw text.refusal("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    }
    int headDim = text.count("head_dim", HEAD_DIM_MAX, HEAD_DIM_ABSENT);
    if (headDim % 2 != 0) {
      throw text.refusal("head_dim", "even: its columns are rotated in pairs");
    }
    return new Qwen3Config(
        root.text("model_type", TEXT_TYPE),
        text.count("hidden_size", EXTENT_MAX),
        text.count("intermediate_size", EXTENT_MAX),
        text.count("vocab_size", VOCAB_MAX),
        text.count("max_position_embeddings", Integer.MAX_VALUE, CONTEXT_ABSENT),
        text.count("num_hidden_layers", LAYERS_MAX),
        heads,
        kvHeads,
        headDim,
        ropeTheta(text),
        (float) (text.has("rms_norm_eps") ? text.positive("rms_norm_eps") : EPS_ABSENT),
        tied(root, text),
        eosIds(folder, root, text));
  }

  private static void refuseUnsupported(ConfigJson config) throws InvalidModelException {
    for (String key : List.of("attention_bias", "use_sliding_window")) {
      if (config.flag(key, false)) {
        throw config.refusal(key, "false");
      }
    }
    if (!config.text("hidden_act", "silu").equals("silu")) {
      throw config.refusal("hidden_act", "silu");
    }
    if (config.has("num_experts")) {
      throw config.refusal("num_experts", "absent: layers with experts are not supported");
    }
    for (String type : config.texts("layer_types")) {
      if (!type.equals("full_attention")) {
        throw config.refusal("layer_types", "a list of full_attention");
      }
    }
    if (config.has("quantization_config")) {
      throw config.refusal("quantization_config", "absent: weights must be F32, BF16 or F16");
    }
    for (String name : List.of("rope_scaling", "rope_parameters")) {
      Optional<ConfigJson> rope = config.object(name);
      if (rope.isPresent()) {
        refuseUnsupportedRope(rope.get());
      }
    }
  }

  private static void refuseUnsupportedRope(ConfigJson rope) throws InvalidModelException {
    for (String key : List.of("rope_type", "type")) {
      if (!rope.text(key, "default").equals("default")) {
        throw rope.refusal(key, "default");
      }
    }
  }

  private static double ropeTheta(ConfigJson text) throws InvalidModelException {
    ConfigJson rope = text.object("rope_parameters").orElse(text);
    ConfigJson holder = rope.has("rope_theta") ? rope : text;
    return holder.has("rope_theta") ? holder.positive("rope_theta") : THETA_ABSENT;
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

  /** Columns of all query heads, which an attention layer hands to its output projection. */
  int queryColumns() {
    return heads * headDim;
  }

  /** Columns of all key heads, and of all value heads. */
  int keyColumns() {
    return kvHeads * headDim;
  }
}
