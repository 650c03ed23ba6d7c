package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Raw addresses of checked operands, for native code, which checks nothing. */
final class Operand {
  private Operand() {}

  /** Address of an F32 tensor of at least {@code elements} elements. */
  static long f32(Tensor tensor, long elements, String name) {
    return of(tensor, DType.F32, elements, name);
  }

  static long of(Tensor tensor, DType dtype, long elements, String name) {
    OperandChecks.typed(tensor, dtype, elements, name);
    return address(tensor.memory(), name);
  }

  static long output(Tensor tensor, DType dtype, long elements, String name) {
    OperandChecks.output(tensor, dtype, elements, name);
    return address(tensor.memory(), name);
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

  /** Slots of all runs and marks lie in the pool, {@code bytes} each. */
  static long states(StateView view, Runs runs, long bytes, String name) {
    view.requireRuns(runs, bytes, name);
    return address(view.pool(), name);
  }
}
