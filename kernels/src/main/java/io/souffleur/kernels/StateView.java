package io.souffleur.kernels;

import java.lang.foreign.MemorySegment;

/**
 * One layer's part of every recurrent-state slot: F32, at byte
 * {@code slot · slotStrideBytes + offsetBytes} of {@code pool}.
 *
 * @param pool all slots of the rank, 64-byte aligned; strides and offsets are multiples of 64 B
 */
public record StateView(MemorySegment pool, long slotStrideBytes, long offsetBytes) {
  /**
   * Checks that the slots of all runs and marks lie in the pool, and that marks ascend inside their run.
   *
   * @param bytes of the layer's part of a slot
   * @param name of this view in the message
   * @throws IndexOutOfBoundsException naming the first number that does not fit
   */
  public void requireRuns(Runs runs, long bytes, String name) {
    long slots = (pool.byteSize() - offsetBytes - bytes) / slotStrideBytes + 1;
    for (int run = 0; run < runs.count(); run++) {
      int read = runs.readSlot(run);
      require(read >= Runs.NO_SLOT && read < slots, name, "read slot", read, slots);
      int write = runs.writeSlot(run);
      require(write >= 0 && write < slots, name, "write slot", write, slots);
      int seen = 0;
      for (int mark = runs.firstMark(run); mark < runs.endMark(run); mark++) {
        int rows = runs.markRows(mark);
        require(rows > seen && rows <= runs.rowCount(run), name, "mark after row", rows, seen);
        require(
            runs.markSlot(mark) >= 0 && runs.markSlot(mark) < slots,
            name,
            "marked slot",
            runs.markSlot(mark),
            slots);
        seen = rows;
      }
    }
  }

  private static void require(boolean holds, String name, String what, int value, long beside) {
    if (!holds) {
      throw new IndexOutOfBoundsException(name + ": " + what + " " + value + " of " + beside);
    }
  }
}
