package io.souffleur.kernels.reference;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;

/** Entry checks of the reference kernels; a wrong dtype is a bug of the caller. */
final class Checks {
  private Checks() {}

  static void f32(String name, Tensor tensor) {
    dtype(name, tensor, DType.F32);
  }

  static void dtype(String name, Tensor tensor, DType expected) {
    if (tensor.dtype() != expected) {
      throw new IllegalArgumentException(
          name + " must be " + expected + ", is " + tensor.dtype() + " " + tensor.shape());
    }
  }

  static void elements(String name, Tensor tensor, long atLeast) {
    if (tensor.elements() < atLeast) {
      throw new IllegalArgumentException(
          name + " needs " + atLeast + " elements, has " + tensor.shape());
    }
  }
}
