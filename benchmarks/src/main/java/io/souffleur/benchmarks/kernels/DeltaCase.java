package io.souffleur.benchmarks.kernels;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.Random;

/** One gated delta layer's own operations: 16 heads of 128 by 128, convolution of width 4. */
final class DeltaCase implements KernelCase {
  /** Which operation of the layer is measured. */
  enum Part {
    CONVOLUTION,
    RECURRENCE,
    NORM
  }

  private static final DeltaShape SHAPE = new DeltaShape(16, 16, 128, 128, 4);

  private final Part part;
  private final int sequences;
  private final int rows;
  private final int markEvery;
  private final Runs runs;
  private final StateView windows;
  private final StateView states;
  private final Tensor projection;
  private final Tensor conv;
  private final Tensor convWeight;
  private final Tensor perHead;
  private final Tensor norm;
  private final Tensor out;

  DeltaCase(Arena arena, Part part, int sequences, int rows) {
    this(arena, part, sequences, rows, 0);
  }

  /** @param markEvery rows between states that are stored on the way; 0 for none */
  DeltaCase(Arena arena, Part part, int sequences, int rows, int markEvery) {
    this.part = part;
    this.markEvery = markEvery;
    this.sequences = sequences;
    this.rows = rows;
    Random random = new Random(1);
    int all = sequences * rows;
    runs = new Runs(arena, sequences, 1, all);
    int slots = 2 * sequences;
    for (int s = 0; s < sequences; s++) {
      runs.addRun(rows, 100, 2 * s, 2 * s + 1);
      for (int row = markEvery; row <= rows && markEvery > 0; row += markEvery) {
        runs.addMark(row, slots++);
      }
    }
    windows = view(arena, slots, SHAPE.windowElements());
    states = view(arena, slots, SHAPE.stateElements());
    projection =
        Fill.gaussian(Tensor.allocate(arena, DType.F32, all, SHAPE.projectionColumns()), random);
    conv = Fill.gaussian(Tensor.allocate(arena, DType.F32, all, SHAPE.channels()), random);
    convWeight = Fill.gaussian(Tensor.allocate(arena, DType.F32, SHAPE.channels(), 4), random);
    perHead = Fill.gaussian(Tensor.allocate(arena, DType.F32, SHAPE.valueHeads()), random);
    norm = Fill.gaussian(Tensor.allocate(arena, DType.F32, SHAPE.valueDim()), random);
    out = Tensor.allocate(arena, DType.F32, all, (long) SHAPE.valueHeads() * SHAPE.valueDim());
  }

  private static StateView view(Arena arena, int slots, long elements) {
    long stride = elements * Float.BYTES;
    return new StateView(arena.allocate(stride * slots, 64), stride, 0);
  }

  @Override
  public String name() {
    return "delta " + part.name().toLowerCase(Locale.ROOT) + " " + sequences + " x " + rows
        + " rows" + (markEvery > 0 ? ", a mark every " + markEvery : "");
  }

  @Override
  public double operations() {
    double tokens = (double) sequences * rows;
    return switch (part) {
      case CONVOLUTION -> tokens * SHAPE.channels() * 8;
      case RECURRENCE -> tokens * SHAPE.stateElements() * 7;
      case NORM -> tokens * SHAPE.valueHeads() * SHAPE.valueDim() * 5;
    };
  }

  @Override
  public double bytes() {
    return part == Part.RECURRENCE ? 2.0 * sequences * SHAPE.stateElements() * Float.BYTES : 0;
  }

  @Override
  public void run(Kernels kernels) {
    switch (part) {
      case CONVOLUTION -> kernels.causalConv(projection, convWeight, SHAPE, runs, windows, conv);
      case RECURRENCE ->
        kernels.gatedDelta(conv, projection, perHead, perHead, SHAPE, runs, states, out);
      case NORM -> kernels.gatedNorm(out, projection, norm, 1e-6f, SHAPE, sequences * rows, out);
    }
  }
}
