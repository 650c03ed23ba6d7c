package io.souffleur.models;

import java.util.Locale;

/** Where weights come from. */
public enum LoadFormat {
  /** Safetensors files of the model folder. */
  SAFETENSORS,
  /** Seeded random numbers in the shapes of the config; for benchmarks. */
  DUMMY;

  /** @throws IllegalArgumentException naming the value and what is allowed */
  public static LoadFormat parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto", "safetensors" -> SAFETENSORS;
      case "dummy" -> DUMMY;
      default ->
        throw new IllegalArgumentException(
            "load format is '" + text + "', must be auto, safetensors or dummy");
    };
  }
}
