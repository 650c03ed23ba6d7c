package io.souffleur.models.vision;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Extents and constants of the vision tower of MiniCPM-V 4.6.
 *
 * @param positionSide learned positions along each side
 * @param mergeAfter index of the layer after which windows of 2 × 2 patches are merged
 * @param featureColumns hidden size of the text model
 * @param scale per channel, of an 8-bit level
 * @param offset per channel, added after scaling: (level / 255 − mean) / std in all
 */
record NavitConfig(
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int patchSize,
    int positionSide,
    float eps,
    int mergeAfter,
    int featureColumns,
    List<Float> scale,
    List<Float> offset) {
  static final String MODEL_TYPE = "minicpmv4_6";
  static final int CHANNELS = 3;

  /** Patches of a window, in both mergers. */
  static final int WINDOW = 4;

  private static final String GELU_TANH = "gelu_pytorch_tanh";
  private static final int EXTENT_MAX = 1 << 16;
  private static final int LAYERS_MAX = 256;
  private static final int HEADS_MAX = 256;
  private static final int PATCH_MAX = 64;
  private static final int SIDE_MAX = 1 << 14;
  private static final int INSERT_LAYER_ABSENT = 6;
  private static final double EPS_ABSENT = 1e-6;
  private static final int LEVEL_MAX = 255;
  private static final float HALF = 0.5f;

  /** Empty when the folder's model has no vision tower of this kind. */
  static Optional<NavitConfig> parse(ModelFolder folder) throws IOException {
    ConfigJson root = folder.config();
    Optional<ConfigJson> vision = root.object("vision_config");
    if (!root.text("model_type", "").equals(MODEL_TYPE) || vision.isEmpty()) {
      return Optional.empty();
    }
    ConfigJson text = root.object("text_config").orElse(root);
    return Optional.of(parse(root, vision.get(), text, folder.preprocessor()));
  }

  private static NavitConfig parse(
      ConfigJson root, ConfigJson vision, ConfigJson text, Optional<ConfigJson> preprocessor)
      throws InvalidModelException {
    refuseUnsupported(root, vision);
    int hidden = vision.count("hidden_size", EXTENT_MAX);
    int heads = vision.count("num_attention_heads", HEADS_MAX);
    if (hidden % heads != 0) {
      throw vision.refusal("num_attention_heads", "a divisor of hidden_size " + hidden);
    }
    int layers = vision.count("num_hidden_layers", LAYERS_MAX);
    int patchSize = vision.count("patch_size", PATCH_MAX);
    int mergeAfter = root.has("insert_layer_id")
        ? root.index("insert_layer_id", layers - 1)
        : vision.has("insert_layer_id")
            ? vision.index("insert_layer_id", layers - 1)
            : Math.min(INSERT_LAYER_ABSENT, layers - 1);
    List<Float> mean = channels(preprocessor, "image_mean");
    List<Float> std = channels(preprocessor, "image_std");
    return new NavitConfig(
        hidden,
        vision.count("intermediate_size", EXTENT_MAX),
        layers,
        heads,
        patchSize,
        vision.count("image_size", SIDE_MAX) / patchSize,
        (float) (vision.has("layer_norm_eps") ? vision.positive("layer_norm_eps") : EPS_ABSENT),
        mergeAfter,
        text.count("hidden_size", EXTENT_MAX),
        std.stream().map(s -> (float) (1.0 / LEVEL_MAX / s)).toList(),
        IntStream.range(0, CHANNELS)
            .mapToObj(c -> (float) (-(double) mean.get(c) / std.get(c)))
            .toList());
  }

  private static void refuseUnsupported(ConfigJson root, ConfigJson vision)
      throws InvalidModelException {
    if (!vision.text("hidden_act", GELU_TANH).equals(GELU_TANH)) {
      throw vision.refusal("hidden_act", GELU_TANH);
    }
    if (vision.count("num_channels", CHANNELS, CHANNELS) != CHANNELS) {
      throw vision.refusal("num_channels", Integer.toString(CHANNELS));
    }
    if (root.count("merger_times", 1, 1) != 1) {
      throw root.refusal("merger_times", "1");
    }
    if (root.flag("drop_vision_last_layer", false)) {
      throw root.refusal("drop_vision_last_layer", "false");
    }
  }

  /** One number per channel; a half where the file or the key is absent. */
  private static List<Float> channels(Optional<ConfigJson> preprocessor, String key)
      throws InvalidModelException {
    if (preprocessor.isEmpty() || !preprocessor.get().has(key)) {
      return List.of(HALF, HALF, HALF);
    }
    List<Double> values = preprocessor.get().positives(key);
    if (values.size() != CHANNELS) {
      throw preprocessor.get().refusal(key, "a list of " + CHANNELS + " numbers greater than 0");
    }
    return values.stream().map(Double::floatValue).toList();
  }

  int patchBytes() {
    return CHANNELS * patchSize * patchSize;
  }

  /** Columns of a window's concatenated patches. */
  int windowColumns() {
    return WINDOW * hiddenSize;
  }

  /** Inner columns of the merger in the middle. */
  int windowInnerColumns() {
    return WINDOW * intermediateSize;
  }

  int positions() {
    return positionSide * positionSide;
  }
}
