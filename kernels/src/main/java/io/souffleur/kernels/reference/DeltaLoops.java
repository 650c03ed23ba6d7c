package io.souffleur.kernels.reference;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Convolution, recurrence and norm of a gated delta layer, token by token. */
final class DeltaLoops {
  /** Added to Σq² and Σk² before the root; fixed by the model family. */
  private static final float L2_EPS = 1e-6f;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private float[] window = new float[0];
  private float[] state = new float[0];
  private float[] key = new float[0];
  private float[] queryHead = new float[0];
  private float[] error = new float[0];

  void causalConv(
      Tensor projection,
      Tensor weight,
      DeltaShape shape,
      Runs runs,
      StateView windows,
      Tensor out) {
    int taps = shape.convWidth();
    int channels = shape.channels();
    if (window.length < taps) {
      window = new float[taps];
    }
    long rows = runs.rows();
    OperandChecks.f32(projection, rows * shape.projectionColumns(), "projection");
    OperandChecks.f32(weight, (long) channels * taps, "weight");
    OperandChecks.output(out, rows * channels, "out");
    windows.requireRuns(runs, shape.windowElements() * Float.BYTES, "windows");
    for (int run = 0; run < runs.count(); run++) {
      for (int c = 0; c < channels; c++) {
        int mark = runs.firstMark(run);
        readWindow(windows, runs.readSlot(run), c, taps);
        for (int t = 0; t < runs.rowCount(run); t++) {
          long row = runs.firstRow(run) + t;
          window[taps - 1] = projection.getFloat(row * shape.projectionColumns() + c);
          float sum = 0f;
          for (int j = 0; j < taps; j++) {
            sum += weight.getFloat((long) c * taps + j) * window[j];
          }
          out.setFloat(row * channels + c, Numbers.silu(sum));
          System.arraycopy(window, 1, window, 0, taps - 1);
          if (mark < runs.endMark(run) && runs.markRows(mark) == t + 1) {
            writeWindow(windows, runs.markSlot(mark++), c, taps);
          }
        }
        writeWindow(windows, runs.writeSlot(run), c, taps);
      }
    }
  }

  private void readWindow(StateView view, int slot, int channel, int taps) {
    for (int j = 0; j < taps - 1; j++) {
      window[j] =
          slot == Runs.NO_SLOT ? 0f : view.pool().get(FLOAT, at(view, slot, channel, taps, j));
    }
  }

  private void writeWindow(StateView view, int slot, int channel, int taps) {
    for (int j = 0; j < taps - 1; j++) {
      view.pool().set(FLOAT, at(view, slot, channel, taps, j), window[j]);
    }
  }

  private static long at(StateView view, int slot, int channel, int taps, int tap) {
    long element = (long) channel * (taps - 1) + tap;
    return slot * view.slotStrideBytes() + view.offsetBytes() + element * Float.BYTES;
  }

  void gatedDelta(
      Tensor conv,
      Tensor projection,
      Tensor aLog,
      Tensor dtBias,
      DeltaShape shape,
      Runs runs,
      StateView states,
      Tensor out) {
    long rows = runs.rows();
    OperandChecks.f32(conv, rows * shape.channels(), "conv");
    OperandChecks.f32(projection, rows * shape.projectionColumns(), "projection");
    OperandChecks.f32(aLog, shape.valueHeads(), "aLog");
    OperandChecks.f32(dtBias, shape.valueHeads(), "dtBias");
    OperandChecks.output(out, rows * shape.valueHeads() * shape.valueDim(), "out");
    states.requireRuns(runs, shape.stateElements() * Float.BYTES, "states");
    reserve(shape);
    int stateFloats = shape.keyDim() * shape.valueDim();
    for (int run = 0; run < runs.count(); run++) {
      for (int h = 0; h < shape.valueHeads(); h++) {
        readState(states, runs.readSlot(run), h, stateFloats);
        int mark = runs.firstMark(run);
        for (int t = 0; t < runs.rowCount(run); t++) {
          long row = runs.firstRow(run) + t;
          token(conv, projection, aLog, dtBias, shape, row, h, out);
          if (mark < runs.endMark(run) && runs.markRows(mark) == t + 1) {
            writeState(states, runs.markSlot(mark++), h, stateFloats);
          }
        }
        writeState(states, runs.writeSlot(run), h, stateFloats);
      }
    }
  }

  private void writeState(StateView view, int slot, int head, int floats) {
    long to = at(view, slot, head, floats);
    MemorySegment.copy(state, 0, view.pool(), FLOAT, to, floats);
  }

  private static long at(StateView view, int slot, int head, int floats) {
    return slot * view.slotStrideBytes() + view.offsetBytes() + (long) head * floats * Float.BYTES;
  }

  private void readState(StateView view, int slot, int head, int floats) {
    if (slot == Runs.NO_SLOT) {
      Arrays.fill(state, 0, floats, 0f);
      return;
    }
    MemorySegment.copy(view.pool(), FLOAT, at(view, slot, head, floats), state, 0, floats);
  }

  /** One token of one value head: decay, correct, read. */
  private void token(
      Tensor conv,
      Tensor projection,
      Tensor aLog,
      Tensor dtBias,
      DeltaShape shape,
      long row,
      int head,
      Tensor out) {
    int dk = shape.keyDim();
    int dv = shape.valueDim();
    int keyHead = head / (shape.valueHeads() / shape.keyHeads());
    long convRow = row * shape.channels();
    readNormed(conv, convRow + (long) keyHead * dk, dk, (float) (1.0 / Math.sqrt(dk)), queryHead);
    readNormed(conv, convRow + (long) (shape.keyHeads() + keyHead) * dk, dk, 1f, key);
    long value = convRow + 2L * shape.keyHeads() * dk + (long) head * dv;
    long gates = row * shape.projectionColumns() + shape.bColumn();
    float beta = Numbers.sigmoid(projection.getFloat(gates + head));
    float a = projection.getFloat(gates + shape.valueHeads() + head);
    float decay = Numbers.exp(
        -Numbers.exp(aLog.getFloat(head)) * Numbers.softplus(a + dtBias.getFloat(head)));
    Arrays.fill(error, 0, dv, 0f);
    for (int i = 0; i < dk; i++) {
      for (int j = 0; j < dv; j++) {
        state[i * dv + j] *= decay;
        error[j] += state[i * dv + j] * key[i];
      }
    }
    for (int j = 0; j < dv; j++) {
      error[j] = beta * (conv.getFloat(value + j) - error[j]);
    }
    long to = (row * shape.valueHeads() + head) * dv;
    for (int j = 0; j < dv; j++) {
      float sum = 0f;
      for (int i = 0; i < dk; i++) {
        state[i * dv + j] += key[i] * error[j];
        sum += state[i * dv + j] * queryHead[i];
      }
      out.setFloat(to + j, sum);
    }
  }

  private static void readNormed(Tensor conv, long from, int n, float scale, float[] to) {
    float squares = 0f;
    for (int i = 0; i < n; i++) {
      to[i] = conv.getFloat(from + i);
      squares += to[i] * to[i];
    }
    float root = (float) Math.sqrt(squares + L2_EPS);
    for (int i = 0; i < n; i++) {
      to[i] = to[i] / root * scale;
    }
  }

  void gatedNorm(
      Tensor x,
      Tensor projection,
      Tensor weight,
      float eps,
      DeltaShape shape,
      int rows,
      Tensor out) {
    int dv = shape.valueDim();
    long width = (long) shape.valueHeads() * dv;
    OperandChecks.f32(x, rows * width, "x");
    OperandChecks.f32(projection, (long) rows * shape.projectionColumns(), "projection");
    OperandChecks.f32(weight, dv, "weight");
    OperandChecks.output(out, rows * width, "out");
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < shape.valueHeads(); h++) {
        long from = ((long) r * shape.valueHeads() + h) * dv;
        long z = (long) r * shape.projectionColumns() + shape.zColumn() + (long) h * dv;
        Numbers.rmsNorm(x, from, weight, eps, dv, out, from);
        for (int d = 0; d < dv; d++) {
          out.setFloat(from + d, out.getFloat(from + d) * Numbers.silu(projection.getFloat(z + d)));
        }
      }
    }
  }

  private void reserve(DeltaShape shape) {
    int floats = shape.keyDim() * shape.valueDim();
    if (state.length < floats) {
      state = new float[floats];
    }
    int widest = Math.max(shape.keyDim(), shape.valueDim());
    if (key.length < widest) {
      key = new float[widest];
      queryHead = new float[widest];
      error = new float[widest];
    }
  }
}
