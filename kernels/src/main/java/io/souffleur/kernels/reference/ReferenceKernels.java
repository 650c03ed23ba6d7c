package io.souffleur.kernels.reference;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.SamplingTable;
import io.souffleur.kernels.StateView;
import io.souffleur.kernels.VisionKernels;
import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * {@link Kernels} as scalar loops on the caller's thread.
 *
 * <p>Scratch arrays grow to the largest call seen and are then reused; only {@link #rotary} takes some
 * heap, inside {@link StrictMath}. Owned by one thread.
 */
final class ReferenceKernels implements Kernels {
  private final LinearLoops linear = new LinearLoops();
  private final AttentionLoops attention = new AttentionLoops();
  private final DeltaLoops delta = new DeltaLoops();
  private final SamplingLoops sampling = new SamplingLoops();
  private final VisionLoops vision = new VisionLoops();

  @Override
  public String fingerprint() {
    return "reference-1";
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public long panelBytes(WeightForm form, int outputs, int inputs) {
    return LinearLoops.panelBytes(form, outputs, inputs);
  }

  @Override
  public PackedLinear pack(List<Tensor> parts, WeightForm form, int slices, MemorySegment panels) {
    return LinearLoops.pack(parts, form, slices, panels);
  }

  @Override
  public void embed(Tensor table, Tensor ids, int rows, Tensor out) {
    OperandChecks.embedding(table, ids, rows);
    int n = OperandChecks.columns(table);
    OperandChecks.output(out, (long) rows * n, "out");
    for (int r = 0; r < rows; r++) {
      int id = ids.getInt(r);
      for (int i = 0; i < n; i++) {
        out.setFloat((long) r * n + i, Numbers.read(table, (long) id * n + i));
      }
    }
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, float eps, int rows, Tensor out) {
    int n = Math.toIntExact(weight.elements());
    OperandChecks.f32(x, (long) rows * n, "x");
    OperandChecks.f32(weight, n, "weight");
    OperandChecks.output(out, (long) rows * n, "out");
    for (int r = 0; r < rows; r++) {
      Numbers.rmsNorm(x, (long) r * n, weight, eps, n, out, (long) r * n);
    }
  }

  @Override
  public void linear(Tensor x, PackedLinear weights, int rows, Tensor out) {
    linear.apply(x, weights, rows, false, out);
  }

  @Override
  public void linearAdd(Tensor x, PackedLinear weights, int rows, Tensor out) {
    linear.apply(x, weights, rows, true, out);
  }

  @Override
  public void siluMul(Tensor gateUp, int rows, Tensor out) {
    int n = OperandChecks.columns(out);
    OperandChecks.f32(gateUp, 2L * rows * n, "gateUp");
    OperandChecks.output(out, (long) rows * n, "out");
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < n; i++) {
        float gate = gateUp.getFloat((long) r * 2 * n + i);
        float up = gateUp.getFloat((long) r * 2 * n + n + i);
        out.setFloat((long) r * n + i, Numbers.silu(gate) * up);
      }
    }
  }

  @Override
  public void rotary(Runs runs, Tensor inverseFrequencies, Tensor out) {
    int half = Math.toIntExact(inverseFrequencies.elements());
    OperandChecks.f32(inverseFrequencies, half, "inverseFrequencies");
    OperandChecks.output(out, 2L * runs.rows() * half, "out");
    for (int run = 0; run < runs.count(); run++) {
      for (int t = 0; t < runs.rowCount(run); t++) {
        float position = runs.firstPosition(run) + t;
        long base = (long) (runs.firstRow(run) + t) * 2 * half;
        for (int i = 0; i < half; i++) {
          float angle = position * inverseFrequencies.getFloat(i);
          out.setFloat(base + i, (float) StrictMath.cos(angle));
          out.setFloat(base + half + i, (float) StrictMath.sin(angle));
        }
      }
    }
  }

  @Override
  public void inverseFrequencies(double theta, int n, Tensor out) {
    for (int i = 0; i < n; i++) {
      out.setFloat(i, (float) StrictMath.pow(theta, -(double) i / n));
    }
  }

  @Override
  public void attentionInputs(
      Tensor projection,
      Tensor queryNorm,
      Tensor keyNorm,
      float eps,
      Tensor rotary,
      Runs runs,
      int heads,
      KvView kv,
      Tensor query) {
    attention.inputs(projection, queryNorm, keyNorm, eps, rotary, runs, heads, kv, query);
  }

  @Override
  public void attention(
      Tensor query, Tensor projection, Runs runs, int heads, KvView kv, Tensor out) {
    attention.attend(query, projection, runs, heads, kv, out);
  }

  @Override
  public void causalConv(
      Tensor projection,
      Tensor weight,
      DeltaShape shape,
      Runs runs,
      StateView windows,
      Tensor out) {
    delta.causalConv(projection, weight, shape, runs, windows, out);
  }

  @Override
  public void gatedDelta(
      Tensor conv,
      Tensor projection,
      Tensor aLog,
      Tensor dtBias,
      DeltaShape shape,
      Runs runs,
      StateView states,
      Tensor out) {
    delta.gatedDelta(conv, projection, aLog, dtBias, shape, runs, states, out);
  }

  @Override
  public void gatedNorm(
      Tensor x,
      Tensor projection,
      Tensor weight,
      float eps,
      DeltaShape shape,
      int rows,
      Tensor out) {
    delta.gatedNorm(x, projection, weight, eps, shape, rows, out);
  }

  @Override
  public void selectRows(Tensor x, Tensor rowIndex, int count, Tensor out) {
    OperandChecks.rowIndex(x, "x", rowIndex, count);
    long n = OperandChecks.columns(x);
    OperandChecks.output(out, count * n, "out");
    for (int i = 0; i < count; i++) {
      long row = rowIndex.getInt(i);
      for (long j = 0; j < n; j++) {
        out.setFloat(i * n + j, x.getFloat(row * n + j));
      }
    }
  }

  @Override
  public void sample(Tensor logits, int vocab, SamplingTable params, int rows, Tensor tokens) {
    OperandChecks.sampling(logits, vocab, params, rows, tokens);
    for (int r = 0; r < rows; r++) {
      tokens.setInt(r, sampling.sample(logits, vocab, r, params));
    }
  }

  @Override
  public VisionKernels vision() {
    return vision;
  }

  @Override
  public void close() {
    // No team and no native memory: nothing to give back.
  }
}
