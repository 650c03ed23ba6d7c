package io.souffleur.models.qwen3;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.text.TextConfig;
import io.souffleur.models.text.TextFamily;

/** Dense Qwen3 text models and the text part of Intern-S1-mini. */
public final class Qwen3Family extends TextFamily {
  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public String modelTypes() {
    return Qwen3Config.TEXT_TYPE + ", " + String.join(", ", Qwen3Config.OUTER_TYPES)
        + " with text_config of " + Qwen3Config.TEXT_TYPE;
  }

  @Override
  public boolean recognises(ConfigJson config) {
    try {
      return Qwen3Config.recognises(config);
    } catch (InvalidModelException notText) {
      return false;
    }
  }

  @Override
  public float neutralNorm() {
    return 1;
  }

  @Override
  protected TextConfig parse(ModelFolder folder) throws InvalidModelException {
    return Qwen3Config.parse(folder);
  }
}
