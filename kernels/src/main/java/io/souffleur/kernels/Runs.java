package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;

/**
 * How the rows of a step belong to sequences: consecutive rows of one sequence form a run.
 *
 * <pre>
 *   rows of the step   |r0 r1 r2|r3|r4|r5 r6 r7 r8|
 *   runs                  0       1  2      3
 *   table, 6 ints each: firstRow, rows, firstPosition, readSlot, writeSlot, firstPage
 *   pages:              page numbers of run 0, then of run 1, …; run i starts at its firstPage
 * </pre>
 *
 * <p>{@code readSlot} is {@link #NO_SLOT} for a sequence that starts at position 0 (its state is
 * zero). Read and write slots of one step are disjoint, so a step can be run again. Memory is taken
 * once; filled by the rank loop before each step, read by kernels. Owned by one rank loop.
 */
public final class Runs {
  public static final int NO_SLOT = -1;
  public static final int INTS_PER_RUN = 6;

  private final Tensor table;
  private final Tensor pages;
  private final int runsMax;
  private int count;
  private int rows;
  private int pageCount;

  public Runs(Arena arena, int runsMax, int pagesMax) {
    this.runsMax = runsMax;
    this.table = Tensor.allocate(arena, DType.I32, runsMax, INTS_PER_RUN);
    this.pages = Tensor.allocate(arena, DType.I32, Math.max(1, pagesMax));
  }

  public void clear() {
    count = 0;
    rows = 0;
    pageCount = 0;
  }

  /** Appends a run of {@code runRows} rows; its pages follow by {@link #addPage}. */
  public void addRun(int runRows, int firstPosition, int readSlot, int writeSlot) {
    if (count == runsMax) {
      throw new IllegalStateException("more than " + runsMax + " runs in a step");
    }
    int base = count * INTS_PER_RUN;
    table.setInt(base, rows);
    table.setInt(base + 1, runRows);
    table.setInt(base + 2, firstPosition);
    table.setInt(base + 3, readSlot);
    table.setInt(base + 4, writeSlot);
    table.setInt(base + 5, pageCount);
    rows += runRows;
    count++;
  }

  /** Appends a page to the run added last: the page that holds its next {@code pageTokens} positions. */
  public void addPage(int page) {
    pages.setInt(pageCount++, page);
  }

  public int count() {
    return count;
  }

  /** Rows of all runs together. */
  public int rows() {
    return rows;
  }

  public int firstRow(int run) {
    return table.getInt((long) run * INTS_PER_RUN);
  }

  public int rowCount(int run) {
    return table.getInt((long) run * INTS_PER_RUN + 1);
  }

  public int firstPosition(int run) {
    return table.getInt((long) run * INTS_PER_RUN + 2);
  }

  public int readSlot(int run) {
    return table.getInt((long) run * INTS_PER_RUN + 3);
  }

  public int writeSlot(int run) {
    return table.getInt((long) run * INTS_PER_RUN + 4);
  }

  public int firstPage(int run) {
    return table.getInt((long) run * INTS_PER_RUN + 5);
  }

  /** I32 [runsMax, 6], see the class comment. */
  public Tensor table() {
    return table;
  }

  /** I32 [pagesMax]: page numbers of all runs, in run order. */
  public Tensor pages() {
    return pages;
  }
}
