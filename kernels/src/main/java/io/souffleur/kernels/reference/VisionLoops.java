package io.souffleur.kernels.reference;

import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.VisionKernels;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** The vision operations as scalar loops. */
final class VisionLoops implements VisionKernels {
  private static final double ERF_SERIES_END = 3;

  @Override
  public void normalise(Tensor levels, Tensor scale, Tensor offset, int rows, Tensor out) {
    int channels = Math.toIntExact(scale.elements());
    int n = OperandChecks.columns(levels);
    OperandChecks.typed(levels, DType.U8, (long) rows * n, "levels");
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < n; i++) {
        long at = (long) r * n + i;
        int level = levels.memory().get(ValueLayout.JAVA_BYTE, at) & 0xff;
        int channel = i / (n / channels);
        out.setFloat(at, level * scale.getFloat(channel) + offset.getFloat(channel));
      }
    }
  }

  @Override
  public void addRows(Tensor x, Tensor table, Tensor index, int rows) {
    OperandChecks.rowIndex(table, "table", index, rows);
    for (int r = 0; r < rows; r++) {
      add(x, r, table, index.getInt(r));
    }
  }

  @Override
  public void addBias(Tensor x, Tensor bias, int rows) {
    for (int r = 0; r < rows; r++) {
      add(x, r, bias, 0);
    }
  }

  private static void add(Tensor x, int r, Tensor table, int row) {
    int n = x.shape().intDim(-1);
    for (int i = 0; i < n; i++) {
      long at = (long) r * n + i;
      x.setFloat(at, x.getFloat(at) + table.getFloat((long) row * n + i));
    }
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, Tensor bias, float eps, int rows, Tensor out) {
    int n = Math.toIntExact(weight.elements());
    for (long r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x.getFloat(r * n + i);
      }
      double mean = sum / n;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        double distance = x.getFloat(r * n + i) - mean;
        squares += distance * distance;
      }
      double root = Math.sqrt(squares / n + eps);
      for (int i = 0; i < n; i++) {
        double normed = (x.getFloat(r * n + i) - mean) / root;
        out.setFloat(r * n + i, (float) (normed * weight.getFloat(i) + bias.getFloat(i)));
      }
    }
  }

  @Override
  public void gelu(Tensor x, Tensor bias, Gelu form, int rows) {
    int n = Math.toIntExact(bias.elements());
    for (long r = 0; r < rows; r++) {
      for (int i = 0; i < n; i++) {
        float value = x.getFloat(r * n + i) + bias.getFloat(i);
        x.setFloat(r * n + i, (float) (form == Gelu.ERF ? erfForm(value) : tanhForm(value)));
      }
    }
  }

  private static double tanhForm(double x) {
    double u = StrictMath.sqrt(2 / StrictMath.PI) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + StrictMath.tanh(u));
  }

  private static double erfForm(double x) {
    double rest = complementaryErf(Math.abs(x) / StrictMath.sqrt(2));
    return x > 0 ? x - 0.5 * x * rest : 0.5 * x * rest;
  }

  /** 1 − erf(z) for z ≥ 0: the Taylor series near zero, the continued fraction beyond. */
  private static double complementaryErf(double z) {
    if (Double.isNaN(z)) {
      return z;
    }
    if (z < ERF_SERIES_END) {
      double term = z;
      double sum = z;
      for (int n = 1; Math.abs(term) > 1e-17 * sum; n++) {
        term *= -z * z / n;
        sum += term / (2 * n + 1);
      }
      return 1 - 2 / StrictMath.sqrt(StrictMath.PI) * sum;
    }
    double fraction = z;
    for (int n = 60; n >= 1; n--) {
      fraction = z + n / 2.0 / fraction;
    }
    return StrictMath.exp(-z * z) / (fraction * StrictMath.sqrt(StrictMath.PI));
  }

  @Override
  public void meanRows(Tensor x, int group, int rows, Tensor out) {
    int n = x.shape().intDim(-1);
    for (long r = 0; r < rows; r++) {
      for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int g = 0; g < group; g++) {
          sum += x.getFloat((r * group + g) * n + i);
        }
        out.setFloat(r * n + i, sum / group);
      }
    }
  }

  @Override
  public void spanAttention(Tensor qkv, Tensor spans, int spanCount, int heads, Tensor out) {
    int width = qkv.shape().intDim(-1) / 3;
    int dim = width / heads;
    for (int span = 0; span < spanCount; span++) {
      long first = spans.getInt(2L * span);
      int count = spans.getInt(2L * span + 1);
      if (first < 0 || count < 1 || first + count > qkv.shape().dim(0)) {
        throw new IndexOutOfBoundsException(
            "span " + span + " of " + count + " rows from " + first + " in qkv " + qkv.shape());
      }
      for (int row = 0; row < count; row++) {
        for (int head = 0; head < heads; head++) {
          attend(qkv, first, count, first + row, head * dim, dim, width, out);
        }
      }
    }
  }

  private static void attend(
      Tensor qkv, long first, int count, long row, int column, int dim, int width, Tensor out) {
    var weights = new double[count];
    double max = Double.NEGATIVE_INFINITY;
    for (int key = 0; key < count; key++) {
      double dot = 0;
      for (int d = 0; d < dim; d++) {
        dot += (double) qkv.getFloat(row * 3 * width + column + d)
            * qkv.getFloat((first + key) * 3 * width + width + column + d);
      }
      weights[key] = dot / Math.sqrt(dim);
      max = Math.max(max, weights[key]);
    }
    double total = 0;
    for (int key = 0; key < count; key++) {
      weights[key] = StrictMath.exp(weights[key] - max);
      total += weights[key];
    }
    for (int d = 0; d < dim; d++) {
      double sum = 0;
      for (int key = 0; key < count; key++) {
        sum += weights[key] * qkv.getFloat((first + key) * 3 * width + 2L * width + column + d);
      }
      out.setFloat(row * width + column + d, (float) (sum / total));
    }
  }
}
