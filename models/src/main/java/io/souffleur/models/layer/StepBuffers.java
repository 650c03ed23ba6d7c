package io.souffleur.models.layer;

import io.souffleur.models.CacheDemand;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Activations of a step, taken once for the largest step and reused by every layer.
 *
 * <p>{@code hidden}, {@code normed} and {@code rotary} live through the whole step. Everything inside a
 * block lies in one scratch area that the blocks take turns with.
 */
public final class StepBuffers {
  private final int rowsMax;
  private final Tensor hidden;
  private final Tensor normed;
  private final Tensor rotary;
  private final MemorySegment scratch;

  /**
   * @param rotaryColumns cosines and sines of one row
   * @param scratchBytes the most that one block needs, see {@link Carver}
   */
  public StepBuffers(
      Arena arena, int rowsMax, int hiddenSize, int rotaryColumns, long scratchBytes) {
    this.rowsMax = rowsMax;
    this.hidden = Tensor.allocate(arena, DType.F32, rowsMax, hiddenSize);
    this.normed = Tensor.allocate(arena, DType.F32, rowsMax, hiddenSize);
    this.rotary = Tensor.allocate(arena, DType.F32, rowsMax, rotaryColumns);
    this.scratch = arena.allocate(scratchBytes, Tensor.ALIGNMENT_BYTES);
  }

  /** Bytes of all buffers together. */
  public static long bytes(int rowsMax, int hiddenSize, int rotaryColumns, long scratchBytes) {
    return tensorBytes(rowsMax, 2L * hiddenSize + rotaryColumns) + scratchBytes;
  }

  /** Bytes of an F32 tensor [rows, columns], rounded up to the alignment of tensors. */
  public static long tensorBytes(int rows, long columns) {
    return CacheDemand.align(DType.F32.bytes(Math.multiplyExact(rows, columns)));
  }

  /** The residual stream, F32 [rowsMax, hiddenSize]. */
  public Tensor hidden() {
    return hidden;
  }

  /** Input of a block: the normed residual stream, F32 [rowsMax, hiddenSize]. */
  public Tensor normed() {
    return normed;
  }

  /** Cosines and sines of the step's positions, F32 [rowsMax, rotaryColumns]. */
  public Tensor rotary() {
    return rotary;
  }

  /** Cuts tensors from the start of the scratch area; each block takes a carver of its own. */
  Carver carve() {
    return new Carver();
  }

  /** Hands out consecutive parts of the scratch area; for set-up time. */
  final class Carver {
    private long used;

    /** The next F32 [rowsMax, columns]. */
    Tensor rows(long columns) {
      long bytes = DType.F32.bytes(Math.multiplyExact(rowsMax, columns));
      Tensor tensor =
          new Tensor(scratch.asSlice(used, bytes), DType.F32, Shape.of(rowsMax, columns));
      used += CacheDemand.align(bytes);
      return tensor;
    }
  }
}
