package io.souffleur.models;

import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.DType;
import java.util.Locale;

/** The number format that weights are multiplied in and keys and values are cached in. */
public enum ComputeType {
  /** BF16 for files in bf16, F32 for all others. */
  AUTO,
  /** F32 weights, F32 keys and values. */
  FLOAT32,
  /** BF16 weights and activations inside products, BF16 keys and values, F32 sums and states. */
  BFLOAT16;

  /** @throws IllegalArgumentException naming the value and what is allowed */
  public static ComputeType parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "float32", "float" -> FLOAT32;
      case "bfloat16" -> BFLOAT16;
      default ->
        throw new IllegalArgumentException(
            "dtype is '" + text + "', must be auto, float32 or bfloat16");
    };
  }

  /** This type, or for {@link #AUTO} the one that fits weights stored as {@code stored}. */
  public ComputeType resolve(DType stored) {
    if (this != AUTO) {
      return this;
    }
    return stored == DType.BF16 ? BFLOAT16 : FLOAT32;
  }

  /** Form of packed weights; only of resolved types. */
  public WeightForm weightForm() {
    return switch (this) {
      case FLOAT32 -> WeightForm.F32;
      case BFLOAT16 -> WeightForm.BF16;
      case AUTO -> throw new IllegalStateException("compute type is not resolved yet");
    };
  }

  /** Element type of cached keys and values; only of resolved types. */
  public DType kvDType() {
    return weightForm() == WeightForm.BF16 ? DType.BF16 : DType.F32;
  }
}
