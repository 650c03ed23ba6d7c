package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sampling parameters of the logit rows of one step, in native memory for the sampling kernel.
 *
 * <pre>
 *   row, 40 bytes:  0 temperature f32 | 4 topP f32 | 8 minP f32 | 12 topK i32 (0 = off)
 *                  16 seed i64        | 24 choice i32 | 28 position i32 | 32 reserved i64
 * </pre>
 *
 * <p>{@code temperature} 0 means greedy. {@code position} is the absolute position of the token that
 * is being drawn. Owned by one rank loop.
 */
public final class SamplingTable {
  public static final int ROW_BYTES = 40;

  private final Tensor memory;
  private final int rowsMax;

  public SamplingTable(Arena arena, int rowsMax) {
    this.rowsMax = rowsMax;
    this.memory = Tensor.allocate(arena, DType.U8, (long) rowsMax * ROW_BYTES);
  }

  public void set(
      int row,
      float temperature,
      float topP,
      float minP,
      int topK,
      long seed,
      int choice,
      int position) {
    if (row < 0 || row >= rowsMax) {
      throw new IndexOutOfBoundsException("sampling row " + row + " of " + rowsMax);
    }
    MemorySegment m = memory.memory();
    long base = (long) row * ROW_BYTES;
    m.set(ValueLayout.JAVA_FLOAT_UNALIGNED, base, temperature);
    m.set(ValueLayout.JAVA_FLOAT_UNALIGNED, base + 4, topP);
    m.set(ValueLayout.JAVA_FLOAT_UNALIGNED, base + 8, minP);
    m.set(ValueLayout.JAVA_INT_UNALIGNED, base + 12, topK);
    m.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 16, seed);
    m.set(ValueLayout.JAVA_INT_UNALIGNED, base + 24, choice);
    m.set(ValueLayout.JAVA_INT_UNALIGNED, base + 28, position);
    m.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 32, 0L);
  }

  public int rowsMax() {
    return rowsMax;
  }

  /** U8 [rowsMax · 40], see the class comment. */
  public Tensor memory() {
    return memory;
  }
}
