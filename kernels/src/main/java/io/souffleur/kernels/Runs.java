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
 *   table, 8 ints each: firstRow, rows, firstPosition, readSlot, writeSlot, firstPage, firstMark, marks
 *   pages:              page numbers of run 0, then of run 1, …; run i starts at its firstPage
 *   marks, 2 ints each: rows, slot; those of run 0, then of run 1, …; run i starts at its firstMark
 * </pre>
 *
 * <p>A mark asks the layers with a state to store, beside everything else, the state after the first
 * {@code rows} rows of the run into {@code slot}: the very bits that the write slot would get if the run
 * ended there. Marks of a run ascend; the last may stand at its end.
 *
 * <p>{@code readSlot} is {@link #NO_SLOT} for a sequence that starts at position 0 (its state is
 * zero). Slots read and slots written or marked in one step are disjoint, so a step can be run again. Memory is taken
 * once; filled by the rank loop before each step, read by kernels. Owned by one rank loop.
 */
public final class Runs {
  public static final int NO_SLOT = -1;
  public static final int INTS_PER_RUN = 8;
  public static final int INTS_PER_MARK = 2;

  private final Tensor table;
  private final Tensor pages;
  private final Tensor marks;
  private final int runsMax;
  private final int marksMax;
  private int count;
  private int rows;
  private int pageCount;
  private int markCount;

  /** For steps without marks. */
  public Runs(Arena arena, int runsMax, int pagesMax) {
    this(arena, runsMax, pagesMax, 0);
  }

  /** Takes memory for so many runs, and for the pages and marks of all of them together. */
  public Runs(Arena arena, int runsMax, int pagesMax, int marksMax) {
    this.runsMax = runsMax;
    this.marksMax = marksMax;
    this.table = Tensor.allocate(arena, DType.I32, runsMax, INTS_PER_RUN);
    this.pages = Tensor.allocate(arena, DType.I32, Math.max(1, pagesMax));
    this.marks = Tensor.allocate(arena, DType.I32, Math.max(1, marksMax), INTS_PER_MARK);
  }

  public void clear() {
    count = 0;
    rows = 0;
    pageCount = 0;
    markCount = 0;
  }

  /**
   * Appends a run of {@code runRows} rows; its pages follow by {@link #addPage}, its marks by
   * {@link #addMark}.
   */
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
    table.setInt(base + 6, markCount);
    table.setInt(base + 7, 0);
    rows += runRows;
    count++;
  }

  /** Appends a page to the run added last: the page that holds its next {@code pageTokens} positions. */
  public void addPage(int page) {
    pages.setInt(pageCount++, page);
  }

  /** The run added last stores its state after its first {@code afterRows} rows into {@code slot}. */
  public void addMark(int afterRows, int slot) {
    if (markCount == marksMax) {
      throw new IllegalStateException("more than " + marksMax + " marks in a step");
    }
    marks.setInt((long) markCount * INTS_PER_MARK, afterRows);
    marks.setInt((long) markCount * INTS_PER_MARK + 1, slot);
    markCount++;
    table.setInt((long) (count - 1) * INTS_PER_RUN + 7, markCount - firstMark(count - 1));
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

  /** Number of the run's first mark in {@link #markRows} and {@link #markSlot}. */
  public int firstMark(int run) {
    return table.getInt((long) run * INTS_PER_RUN + 6);
  }

  /** Number after the run's last mark. */
  public int endMark(int run) {
    return firstMark(run) + table.getInt((long) run * INTS_PER_RUN + 7);
  }

  /** Rows of its run that the marked state has seen. */
  public int markRows(int mark) {
    return marks.getInt((long) mark * INTS_PER_MARK);
  }

  public int markSlot(int mark) {
    return marks.getInt((long) mark * INTS_PER_MARK + 1);
  }

  /** I32 [runsMax, 8], see the class comment. */
  public Tensor table() {
    return table;
  }

  /** I32 [pagesMax]: page numbers of all runs, in run order. */
  public Tensor pages() {
    return pages;
  }

  /** I32 [marksMax, 2]: rows and slot of every mark, in run order. */
  public Tensor marks() {
    return marks;
  }
}
