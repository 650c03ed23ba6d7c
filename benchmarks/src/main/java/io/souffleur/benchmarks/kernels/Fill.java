package io.souffleur.benchmarks.kernels;

import io.souffleur.tensor.Tensor;
import java.util.Random;

/** Operand values. */
final class Fill {
  private Fill() {}

  static Tensor gaussian(Tensor tensor, Random random) {
    long elements = tensor.elements();
    // A million distinct values, then repeated: drawing is slower than any kernel here.
    for (long i = 0; i < elements; i++) {
      float value = i < 1 << 20 ? (float) random.nextGaussian() : tensor.getFloat(i - (1 << 20));
      tensor.setFloat(i, value);
    }
    return tensor;
  }
}
