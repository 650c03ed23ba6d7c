package io.souffleur.models.qwen3;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.text.TextConfig;
import io.souffleur.models.text.TextKeys;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads the config of a dense Qwen3 text model: attention layers only, all columns of a head rotated. */
final class Qwen3Config {
  static final String TEXT_TYPE = "qwen3";
  /** Complete models whose text part may be this one. */
  static final List<String> OUTER_TYPES = List.of("interns1");

  private static final int HEAD_DIM_ABSENT = 128;
  private static final double THETA_ABSENT = 10_000;

  private Qwen3Config() {}

  /** Whether {@code root} is such a model, alone or as the text part of a larger one. */
  static boolean recognises(ConfigJson root) throws InvalidModelException {
    String type = root.text("model_type", "");
    if (!OUTER_TYPES.contains(type)) {
      return type.equals(TEXT_TYPE);
    }
    Optional<ConfigJson> text = root.object("text_config");
    return text.isPresent() && text.get().text("model_type", TEXT_TYPE).equals(TEXT_TYPE);
  }

  static TextConfig parse(ModelFolder folder) throws InvalidModelException {
    TextKeys keys = TextKeys.of(folder);
    ConfigJson text = keys.text();
    keys.refuseUnsupported();
    refuseUnsupported(keys.root());
    refuseUnsupported(text);
    int headDim = text.count("head_dim", TextKeys.HEAD_DIM_MAX, HEAD_DIM_ABSENT);
    if (headDim % 2 != 0) {
      throw text.refusal("head_dim", "even: its columns are rotated in pairs");
    }
    return new TextConfig(
        keys.root().text("model_type", TEXT_TYPE),
        keys.hiddenSize(),
        keys.intermediateSize(),
        keys.vocabSize(),
        keys.contextLength(),
        Collections.nCopies(keys.layerCount(), true),
        keys.heads(),
        keys.kvHeads(),
        headDim,
        false,
        headDim,
        ropeTheta(text),
        keys.eps(),
        Optional.empty(),
        keys.tied(),
        keys.eosIds());
  }

  private static void refuseUnsupported(ConfigJson config) throws InvalidModelException {
    if (config.flag("use_sliding_window", false)) {
      throw config.refusal("use_sliding_window", "false");
    }
    for (String type : config.texts("layer_types")) {
      if (!type.equals("full_attention")) {
        throw config.refusal("layer_types", "a list of full_attention");
      }
    }
    for (String name : List.of("rope_scaling", "rope_parameters")) {
      Optional<ConfigJson> rope = config.object(name);
      if (rope.isPresent()) {
        TextKeys.refuseScaled(rope.get());
      }
    }
  }

  private static double ropeTheta(ConfigJson text) throws InvalidModelException {
    ConfigJson rope = text.object("rope_parameters").orElse(text);
    ConfigJson holder = rope.has("rope_theta") ? rope : text;
    return holder.has("rope_theta") ? holder.positive("rope_theta") : THETA_ABSENT;
  }
}
