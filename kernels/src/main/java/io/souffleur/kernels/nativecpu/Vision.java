package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.VisionKernels;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;

/** The vision operations in native code; the arithmetic is described in {@code vision.h}. */
final class Vision implements VisionKernels {
  /** Query rows that share one block of keys. */
  private static final int BLOCK_ROWS = 96;

  private static final int NO_INDEX = 0;
  private static final int INTS_PER_SPAN = 2;
  private static final int PARTS = 3;

  private final NativeCall call;

  Vision(NativeCall call) {
    this.call = call;
  }

  @Override
  public void normalise(Tensor levels, Tensor scale, Tensor offset, int rows, Tensor out) {
    int channels = Math.toIntExact(scale.elements());
    int plane = OperandChecks.columns(levels) / channels;
    long elements = (long) rows * channels * plane;
    call.begin()
        .with(Operand.of(levels, DType.U8, elements, "levels"))
        .with(Operand.f32(scale, channels, "scale"))
        .with(Operand.f32(offset, channels, "offset"))
        .with(Operand.output(out, elements, "out"))
        .with(channels)
        .with(plane)
        .run(Operation.LEVELS, rows, (long) channels * plane / 8);
  }

  @Override
  public void addRows(Tensor x, Tensor table, Tensor index, int rows) {
    OperandChecks.rowIndex(table, "table", index, rows);
    add(x, table, Operand.address(index.memory(), "index"), rows);
  }

  @Override
  public void addBias(Tensor x, Tensor bias, int rows) {
    add(x, bias, NO_INDEX, rows);
  }

  private void add(Tensor x, Tensor table, long indexAddress, int rows) {
    int n = OperandChecks.columns(x);
    call.begin()
        .with(Operand.f32(table, n, "table"))
        .with(indexAddress)
        .with(Operand.output(x, (long) rows * n, "x"))
        .with(n)
        .run(Operation.ADD_ROWS, rows, n / 8);
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, Tensor bias, float eps, int rows, Tensor out) {
    int n = Math.toIntExact(weight.elements());
    call.begin()
        .with(Operand.f32(x, (long) rows * n, "x"))
        .with(Operand.f32(weight, n, "weight"))
        .with(Operand.f32(bias, n, "bias"))
        .with(Operand.output(out, (long) rows * n, "out"))
        .with(n)
        .withReal(eps)
        .run(Operation.LAYER_NORM, rows, n / 6);
  }

  @Override
  public void gelu(Tensor x, Tensor bias, Gelu form, int rows) {
    int n = Math.toIntExact(bias.elements());
    call.begin()
        .with(Operand.f32(bias, n, "bias"))
        .with(Operand.output(x, (long) rows * n, "x"))
        .with(n)
        .with(form == Gelu.ERF ? 1 : 0)
        .run(Operation.GELU, rows, n / 3);
  }

  @Override
  public void meanRows(Tensor x, int group, int rows, Tensor out) {
    int n = OperandChecks.columns(x);
    call.begin()
        .with(Operand.f32(x, (long) rows * group * n, "x"))
        .with(Operand.output(out, (long) rows * n, "out"))
        .with(n)
        .with(group)
        .run(Operation.MEAN_ROWS, rows, (long) n * group / 8);
  }

  @Override
  public void spanAttention(Tensor qkv, Tensor spans, int spanCount, int heads, Tensor out) {
    int width = OperandChecks.columns(qkv) / PARTS;
    int dim = Attention.checkedDim(width, heads);
    long rows = qkv.shape().dim(0);
    long spanAddress = Operand.of(spans, DType.I32, (long) spanCount * INTS_PER_SPAN, "spans");
    long tasks = 0;
    long longest = 0;
    long end = 0;
    for (int i = 0; i < spanCount; i++) {
      int first = spans.getInt((long) i * INTS_PER_SPAN);
      int count = spans.getInt((long) i * INTS_PER_SPAN + 1);
      if (first < 0 || count < 1 || first + (long) count > rows) {
        throw new IndexOutOfBoundsException(
            "span " + i + " of " + count + " rows from " + first + " in qkv " + qkv.shape());
      }
      tasks += Math.ceilDiv(count, BLOCK_ROWS) * (long) heads;
      longest = Math.max(longest, count);
      end = Math.max(end, first + count);
    }
    call.begin()
        .with(Operand.f32(qkv, PARTS * end * width, "qkv"))
        .with(Operand.output(out, end * width, "out"))
        .with(spanAddress)
        .with(spanCount)
        .with(heads)
        .with(dim)
        .with(BLOCK_ROWS)
        .run(
            Operation.SPAN_ATTENTION,
            tasks,
            longest * dim * (Math.min(longest, BLOCK_ROWS) + 4) / 60);
  }
}
