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

  /** Read and write slots of all runs lie in the pool, {@code bytes} each. */
  static long states(StateView view, Runs runs, long bytes, String name) {
    long slots = (view.pool().byteSize() - view.offsetBytes() - bytes) / view.slotStrideBytes() + 1;
    for (int run = 0; run < runs.count(); run++) {
      if (runs.readSlot(run) < Runs.NO_SLOT || runs.readSlot(run) >= slots) {
        throw new IndexOutOfBoundsException(
            name + ": read slot " + runs.readSlot(run) + " of " + slots);
      }
      if (runs.writeSlot(run) < 0 || runs.writeSlot(run) >= slots) {
        throw new IndexOutOfBoundsException(
            name + ": write slot " + runs.writeSlot(run) + " of " + slots);
      }
    }
    return address(view.pool(), name);
  }
}
