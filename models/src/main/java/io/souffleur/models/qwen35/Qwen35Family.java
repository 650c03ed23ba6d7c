package io.souffleur.models.qwen35;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.text.TextConfig;
import io.souffleur.models.text.TextFamily;

/** Qwen3.5 text models and the text part of MiniCPM-V 4.6. */
public final class Qwen35Family extends TextFamily {
  @Override
  public String name() {
    return "qwen3.5";
  }

  @Override
  public String modelTypes() {
    return String.join(", ", Qwen35Config.MODEL_TYPES);
  }

  @Override
  public boolean recognises(ConfigJson config) {
    try {
      return Qwen35Config.MODEL_TYPES.contains(config.text("model_type", ""));
    } catch (InvalidModelException notText) {
      return false;
    }
  }

  @Override
  public float neutralNorm() {
    return 0;
  }

  @Override
  protected TextConfig parse(ModelFolder folder) throws InvalidModelException {
    return Qwen35Config.parse(folder);
  }
}
