package io.souffleur.models.qwen35;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.text.TextConfig;
import io.souffleur.models.text.TextKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the config of a Qwen3.5 text model. */
final class Qwen35Config {
  static final List<String> MODEL_TYPES = List.of("minicpmv4_6", "qwen3_5", "qwen3_5_text");

  private static final String TEXT_TYPE = "qwen3_5_text";
  private static final int CONV_WIDTH_MAX = 64;
  private static final int CONV_WIDTH_ABSENT = 4;
  private static final int INTERVAL_ABSENT = 4;
  private static final double ROTARY_FACTOR_ABSENT = 0.25;

  private Qwen35Config() {}

  static TextConfig parse(ModelFolder folder) throws InvalidModelException {
    TextKeys keys = TextKeys.of(folder);
    ConfigJson text = keys.text();
    if (!text.text("model_type", TEXT_TYPE).equals(TEXT_TYPE)) {
      throw text.refusal("model_type", TEXT_TYPE);
    }
    keys.refuseUnsupported();
    refuseUnsupported(keys.root());
    refuseUnsupported(text);
    ConfigJson rope = text.object("rope_parameters").orElse(text);
    refuseUnsupportedRope(rope);
    Optional<ConfigJson> scaling = text.object("rope_scaling");
    if (scaling.isPresent()) {
      refuseUnsupportedRope(scaling.get());
    }
    int headDim = text.count("head_dim", TextKeys.HEAD_DIM_MAX);
    return new TextConfig(
        keys.root().text("model_type", TEXT_TYPE),
        keys.hiddenSize(),
        keys.intermediateSize(),
        keys.vocabSize(),
        keys.contextLength(),
        layers(keys),
        keys.heads(),
        keys.kvHeads(),
        headDim,
        true,
        rotaryDim(text, rope, headDim),
        rope.has("rope_theta") ? rope.positive("rope_theta") : text.positive("rope_theta"),
        keys.eps(),
        Optional.of(delta(text)),
        keys.tied(),
        keys.eosIds());
  }

  private static void refuseUnsupported(ConfigJson config) throws InvalidModelException {
    refuseRotationMode(config);
    if (!config.flag("attn_output_gate", true)) {
      throw config.refusal("attn_output_gate", "true");
    }
  }

  private static void refuseUnsupportedRope(ConfigJson rope) throws InvalidModelException {
    TextKeys.refuseScaled(rope);
    refuseRotationMode(rope);
  }

  private static void refuseRotationMode(ConfigJson config) throws InvalidModelException {
    if (config.has("mrope_mode")) {
      throw config.refusal("mrope_mode", "absent: only one-dimensional positions are supported");
    }
  }

  private static List<Boolean> layers(TextKeys keys) throws InvalidModelException {
    ConfigJson text = keys.text();
    int count = keys.layerCount();
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
      int interval = text.count("full_attention_interval", TextKeys.LAYERS_MAX, INTERVAL_ABSENT);
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
        text.count("linear_num_key_heads", TextKeys.HEADS_MAX),
        text.count("linear_num_value_heads", TextKeys.HEADS_MAX),
        text.count("linear_key_head_dim", TextKeys.HEAD_DIM_MAX),
        text.count("linear_value_head_dim", TextKeys.HEAD_DIM_MAX),
        text.count("linear_conv_kernel_dim", CONV_WIDTH_MAX, CONV_WIDTH_ABSENT));
    if (shape.valueHeads() % shape.keyHeads() != 0) {
      throw text.refusal(
          "linear_num_value_heads", "a multiple of linear_num_key_heads " + shape.keyHeads());
    }
    return shape;
  }
}
