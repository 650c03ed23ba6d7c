package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.Tensor;

/** The gated delta layer's operations; the arithmetic is described in {@code delta.h}. */
final class Delta implements AutoCloseable {
  /** Taps and key columns that the native buffers hold. */
  static final int CONV_WIDTH_MAX = 16;

  static final int KEY_DIM_MAX = 1024;
  /** Registers across a strip of the state, as in {@code delta.h}. */
  static final int STRIP_VECTORS = 4;

  private final NativeCall call;
  private final int strip;
  private final Scratch prepared = new Scratch();

  /** @param strip columns of the state that one task carries: 4 registers of the form */
  Delta(NativeCall call, int strip) {
    this.call = call;
    this.strip = strip;
  }

  void convolve(
      Tensor projection,
      Tensor weight,
      DeltaShape shape,
      Runs runs,
      StateView windows,
      Tensor out) {
    int channels = shape.channels();
    if (shape.convWidth() < 1 || shape.convWidth() > CONV_WIDTH_MAX) {
      throw new IllegalArgumentException("convolution of width " + shape.convWidth() + "; 1 to "
          + CONV_WIDTH_MAX + " are allowed");
    }
    long rows = runs.rows();
    call.begin()
        .with(Operand.f32(projection, rows * shape.projectionColumns(), "projection"))
        .with(Operand.f32(weight, (long) channels * shape.convWidth(), "weight"))
        .with(Operand.output(out, rows * channels, "out"))
        .with(Operand.states(windows, runs, shape.windowElements() * Float.BYTES, "windows"))
        .with(runs.table().memory().address())
        .with(runs.marks().memory().address())
        .with(runs.count())
        .with(shape.projectionColumns())
        .with(channels)
        .with(shape.convWidth())
        .with(windows.slotStrideBytes())
        .with(windows.offsetBytes());
    call.run(Operation.CAUSAL_CONV, rows, channels / 3);
    call.run(Operation.CONV_WINDOW, runs.count(), channels);
  }

  void recur(
      Tensor conv,
      Tensor projection,
      Tensor aLog,
      Tensor dtBias,
      DeltaShape shape,
      Runs runs,
      StateView states,
      Tensor out) {
    if (shape.keyDim() > KEY_DIM_MAX || shape.valueHeads() % shape.keyHeads() != 0) {
      throw new IllegalArgumentException(shape + "; key dimensions up to " + KEY_DIM_MAX);
    }
    long rows = runs.rows();
    long keyFloats = rows * shape.keyHeads() * 2 * shape.keyDim();
    long gateFloats = rows * (shape.keyHeads() + 2L * shape.valueHeads());
    long keys = prepared.atLeast((keyFloats + gateFloats) * Float.BYTES);
    long perRun = (shape.valueDim() + strip - 1L) / strip * shape.valueHeads();
    call.begin()
        .with(Operand.f32(conv, rows * shape.channels(), "conv"))
        .with(Operand.f32(projection, rows * shape.projectionColumns(), "projection"))
        .with(Operand.f32(aLog, shape.valueHeads(), "aLog"))
        .with(Operand.f32(dtBias, shape.valueHeads(), "dtBias"))
        .with(Operand.output(out, rows * shape.valueHeads() * shape.valueDim(), "out"))
        .with(Operand.states(states, runs, shape.stateElements() * Float.BYTES, "states"))
        .with(runs.table().memory().address())
        .with(runs.marks().memory().address())
        .with(keys)
        .with(keys + keyFloats * Float.BYTES)
        .with(rows)
        .with(shape.keyHeads())
        .with(shape.valueHeads())
        .with(shape.keyDim())
        .with(shape.valueDim())
        .with(shape.projectionColumns())
        .with(shape.bColumn())
        .with(states.slotStrideBytes())
        .with(states.offsetBytes());
    call.run(Operation.DELTA_PREPARE, rows, (long) shape.keyHeads() * shape.keyDim() / 4);
    long tokens = Math.max(1, rows / Math.max(1, runs.count()));
    call.run(
        Operation.DELTA, perRun * runs.count(), (2 + 2 * tokens) * shape.keyDim() * strip / 64);
  }

  void norm(
      Tensor x,
      Tensor projection,
      Tensor weight,
      float eps,
      DeltaShape shape,
      int rows,
      Tensor out) {
    long width = (long) shape.valueHeads() * shape.valueDim();
    call.begin()
        .with(Operand.f32(x, rows * width, "x"))
        .with(Operand.f32(projection, (long) rows * shape.projectionColumns(), "projection"))
        .with(Operand.f32(weight, shape.valueDim(), "weight"))
        .with(Operand.output(out, rows * width, "out"))
        .with(shape.valueHeads())
        .with(shape.valueDim())
        .with(shape.projectionColumns())
        .with(shape.zColumn())
        .withReal(eps)
        .run(Operation.GATED_NORM, rows, width / 3);
  }

  @Override
  public void close() {
    prepared.close();
  }
}
