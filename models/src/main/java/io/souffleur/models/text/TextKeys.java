package io.souffleur.models.text;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The keys of {@code config.json} that text models have in common, with the limits that their values must
 * keep: small enough that no product of extents that a layer's columns are made of overflows.
 *
 * @param root the whole config
 * @param text its text part, or {@code root} again
 */
public record TextKeys(ModelFolder folder, ConfigJson root, ConfigJson text) {
  public static final int HEADS_MAX = 1_024;
  public static final int HEAD_DIM_MAX = 1_024;
  public static final int LAYERS_MAX = 1_024;

  private static final int EXTENT_MAX = 1 << 20;
  private static final int VOCAB_MAX = 1 << 24;
  private static final int CONTEXT_ABSENT = 32_768;
  private static final double EPS_ABSENT = 1e-6;

  public static TextKeys of(ModelFolder folder) throws InvalidModelException {
    ConfigJson root = folder.config();
    return new TextKeys(folder, root, root.object("text_config").orElse(root));
  }

  /** Refuses what no text model here can compute, in both configs. */
  public void refuseUnsupported() throws InvalidModelException {
    for (ConfigJson config : List.of(root, text)) {
      if (config.flag("attention_bias", false)) {
        throw config.refusal("attention_bias", "false");
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
  }

  /** Refuses rotations that scale with the length of the context. */
  public static void refuseScaled(ConfigJson rope) throws InvalidModelException {
    for (String key : List.of("rope_type", "type")) {
      if (!rope.text(key, "default").equals("default")) {
        throw rope.refusal(key, "default");
      }
    }
  }

  public int hiddenSize() throws InvalidModelException {
    return text.count("hidden_size", EXTENT_MAX);
  }

  public int intermediateSize() throws InvalidModelException {
    return text.count("intermediate_size", EXTENT_MAX);
  }

  public int vocabSize() throws InvalidModelException {
    return text.count("vocab_size", VOCAB_MAX);
  }

  public int contextLength() throws InvalidModelException {
    return text.count("max_position_embeddings", Integer.MAX_VALUE, CONTEXT_ABSENT);
  }

  public int layerCount() throws InvalidModelException {
    return text.count("num_hidden_layers", LAYERS_MAX);
  }

  public int heads() throws InvalidModelException {
    return text.count("num_attention_heads", HEADS_MAX);
  }

  public int kvHeads() throws InvalidModelException {
    int heads = heads();
    int kvHeads = text.count("num_key_value_heads", HEADS_MAX, heads);
    if (heads % kvHeads != 0) {
      throw text.refusal("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    }
    return kvHeads;
  }

  public float eps() throws InvalidModelException {
    return (float) (text.has("rms_norm_eps") ? text.positive("rms_norm_eps") : EPS_ABSENT);
  }

  /** The outer config knows the file it was written for; the nested one is a copy of a template. */
  public Optional<Boolean> tied() throws InvalidModelException {
    for (ConfigJson config : List.of(root, text)) {
      if (config.has("tie_word_embeddings")) {
        return Optional.of(config.flag("tie_word_embeddings", false));
      }
    }
    return Optional.empty();
  }

  public List<Integer> eosIds() throws InvalidModelException {
    var ids = new TreeSet<>(root.ids("eos_token_id"));
    ids.addAll(text.ids("eos_token_id"));
    if (folder.generation().isPresent()) {
      ids.addAll(folder.generation().get().ids("eos_token_id"));
    }
    return List.copyOf(ids);
  }
}
