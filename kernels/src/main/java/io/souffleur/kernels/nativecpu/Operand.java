package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Checks operands before their raw addresses go to native code, which checks nothing. */
final class Operand {
  private Operand() {}

  /** Address of an F32 tensor of at least {@code elements} elements. */
  static long f32(Tensor tensor, long elements, String name) {
    return of(tensor, DType.F32, elements, name);
  }

  static long of(Tensor tensor, DType dtype, long elements, String name) {
    if (tensor.dtype() != dtype) {
      throw new IllegalArgumentException(name + " is " + tensor.dtype() + ", must be " + dtype);
    }
    if (tensor.elements() < elements) {
      throw new IllegalArgumentException(
          name + " has " + tensor.elements() + " elements, needs " + elements);
    }
    return address(tensor.memory(), name);
  }

  static long output(Tensor tensor, DType dtype, long elements, String name) {
    if (tensor.memory().isReadOnly()) {
      throw new IllegalArgumentException(name + " is read-only memory");
    }
    return of(tensor, dtype, elements, name);
  }

  static long output(Tensor tensor, long elements, String name) {
    return output(tensor, DType.F32, elements, name);
  }

  static long address(MemorySegment memory, String name) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException(name + " lies on the Java heap");
    }
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException(name + " lies in closed memory");
    }
    return memory.address();
  }

  /** Extent of the last dimension. */
  static int columns(Tensor matrix) {
    return matrix.shape().intDim(-1);
  }

  /** Slots of all runs and marks lie in the pool, {@code bytes} each. */
  static long states(StateView view, Runs runs, long bytes, String name) {
    view.requireRuns(runs, bytes, name);
    return address(view.pool(), name);
  }
}
