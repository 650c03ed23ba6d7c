package io.souffleur.kernels.reference;

import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The scalar functions all reference loops share. */
final class Numbers {
  private Numbers() {}

  static float sigmoid(float x) {
    return (float) (1.0 / (1.0 + StrictMath.exp(-x)));
  }

  static float silu(float x) {
    return (float) (x / (1.0 + StrictMath.exp(-x)));
  }

  /** log(1 + e^x), which is x for large x. */
  static float softplus(float x) {
    return x > 20f ? x : (float) StrictMath.log1p(StrictMath.exp(x));
  }

  static float exp(float x) {
    return (float) StrictMath.exp(x);
  }

  /** Element {@code index} of an F32, BF16 or F16 tensor, widened exactly. */
  static float read(Tensor tensor, long index) {
    return read(tensor.memory(), tensor.dtype(), index);
  }

  static float read(MemorySegment memory, DType dtype, long index) {
    return switch (dtype) {
      case F32 -> memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES);
      case BF16 -> Bf16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES));
      case F16 ->
        Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES));
      default -> throw new IllegalArgumentException("no float form of " + dtype);
    };
  }

  /** Writes {@code value} to an F32 segment, or rounded to nearest even to a BF16 one. */
  static void write(MemorySegment memory, DType dtype, long index, float value) {
    switch (dtype) {
      case F32 -> memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, value);
      case BF16 ->
        memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES, Bf16.fromFloat(value));
      default -> throw new IllegalArgumentException("cannot write " + dtype);
    }
  }

  /** x / sqrt(mean(x²) + eps) · weight over n elements at the given offsets. */
  static void rmsNorm(Tensor x, long from, Tensor weight, float eps, int n, Tensor out, long to) {
    float squares = 0f;
    for (int i = 0; i < n; i++) {
      float value = x.getFloat(from + i);
      squares += value * value;
    }
    float root = (float) Math.sqrt(squares / n + eps);
    for (int i = 0; i < n; i++) {
      out.setFloat(to + i, x.getFloat(from + i) / root * weight.getFloat(i));
    }
  }
}
