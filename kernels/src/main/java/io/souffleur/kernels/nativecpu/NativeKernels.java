package io.souffleur.kernels.nativecpu;

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
import io.souffleur.kernels.team.WorkerTeam;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * All operations in native code of one instruction form.
 *
 * <p>Against the reference twin, relative to 1 + |value| and for inputs of order 1: products of k
 * inputs within 1e-6 · √k, attention and the delta layer within 5e-5, single-row operations within
 * 2e-6. The sum of a row is taken in the form's own lane order, so the two differ in last bits and
 * never in meaning. BF16 products of the AVX-512 form treat subnormal inputs and results as zero.
 *
 * <p>Owned and driven by one rank loop. Grows its scratch in the first calls of a shape; allocates
 * nothing on the Java heap in steady state.
 */
final class NativeKernels implements Kernels {
  private final String fingerprint;
  private final WorkerTeam team;
  private final NativeCall call;
  private final Products products;
  private final Attention attention;
  private final Delta delta;
  private final Vision vision;

  NativeKernels(InstructionForm form, NativeLibrary library, int threads) {
    fingerprint = form.providerName()
        + "/"
        + InstructionForm.ARITHMETIC_VERSION
        + "/"
        + library.sha256().substring(0, 16);
    team = new WorkerTeam(threads);
    call = new NativeCall(library, team);
    products = new Products(call, threads);
    attention = new Attention(call, threads);
    delta = new Delta(call, Delta.STRIP_VECTORS * form.lanes());
    vision = new Vision(call);
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public long panelBytes(WeightForm form, int outputs, int inputs) {
    return Products.panelBytes(form, outputs, inputs);
  }

  @Override
  public PackedLinear pack(List<Tensor> parts, WeightForm form, int slices, MemorySegment panels) {
    return products.pack(parts, form, slices, panels);
  }

  @Override
  public void embed(Tensor table, Tensor ids, int rows, Tensor out) {
    OperandChecks.embedding(table, ids, rows);
    int n = OperandChecks.columns(table);
    call.begin()
        .with(Operand.address(table.memory(), "table"))
        .with(Operand.address(ids.memory(), "ids"))
        .with(Operand.output(out, (long) rows * n, "out"))
        .with(n)
        .with(elementType(table.dtype()))
        .run(Operation.EMBED, rows, n / 8);
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, float eps, int rows, Tensor out) {
    int n = Math.toIntExact(weight.elements());
    call.begin()
        .with(Operand.f32(x, (long) rows * n, "x"))
        .with(Operand.f32(weight, n, "weight"))
        .with(Operand.output(out, (long) rows * n, "out"))
        .with(n)
        .withReal(eps)
        .run(Operation.RMS_NORM, rows, n / 8);
  }

  @Override
  public void linear(Tensor x, PackedLinear weights, int rows, Tensor out) {
    products.multiply(x, weights, rows, out, false);
  }

  @Override
  public void linearAdd(Tensor x, PackedLinear weights, int rows, Tensor out) {
    products.multiply(x, weights, rows, out, true);
  }

  @Override
  public void siluMul(Tensor gateUp, int rows, Tensor out) {
    int n = OperandChecks.columns(out);
    call.begin()
        .with(Operand.f32(gateUp, 2L * rows * n, "gateUp"))
        .with(Operand.output(out, (long) rows * n, "out"))
        .with(n)
        .run(Operation.SILU_MUL, rows, n / 3);
  }

  @Override
  public void rotary(Runs runs, Tensor inverseFrequencies, Tensor out) {
    int half = Math.toIntExact(inverseFrequencies.elements());
    call.begin()
        .with(runs.table().memory().address())
        .with(Operand.f32(inverseFrequencies, half, "inverseFrequencies"))
        .with(Operand.output(out, 2L * runs.rows() * half, "out"))
        .with(runs.count())
        .with(half)
        .run(Operation.ROTARY, runs.rows(), 30L * half);
  }

  @Override
  public void inverseFrequencies(double theta, int n, Tensor out) {
    if (!(theta > 0 && theta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("theta " + theta + ", must be positive and finite");
    }
    call.begin()
        .withReal(theta)
        .with(Operand.output(out, n, "out"))
        .with(n)
        .run(Operation.FREQUENCIES, 1, 1);
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
    delta.convolve(projection, weight, shape, runs, windows, out);
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
    delta.recur(conv, projection, aLog, dtBias, shape, runs, states, out);
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
    delta.norm(x, projection, weight, eps, shape, rows, out);
  }

  @Override
  public void selectRows(Tensor x, Tensor rowIndex, int count, Tensor out) {
    OperandChecks.rowIndex(x, "x", rowIndex, count);
    int n = OperandChecks.columns(x);
    call.begin()
        .with(Operand.address(x.memory(), "x"))
        .with(Operand.address(rowIndex.memory(), "rowIndex"))
        .with(Operand.output(out, (long) count * n, "out"))
        .with(n)
        .run(Operation.SELECT_ROWS, count, n / 8);
  }

  @Override
  public void sample(Tensor logits, int vocab, SamplingTable params, int rows, Tensor tokens) {
    OperandChecks.sampling(logits, vocab, params, rows, tokens);
    call.begin()
        .with(Operand.address(logits.memory(), "logits"))
        .with(Operand.address(params.memory().memory(), "params"))
        .with(Operand.address(tokens.memory(), "tokens"))
        .with(vocab)
        .with(Operand.address(params.rules().memory(), "rules"))
        .with(Operand.address(params.scores().memory(), "scores"))
        .run(Operation.SAMPLE, rows, vocab);
  }

  @Override
  public VisionKernels vision() {
    return vision;
  }

  /** Number of an element type in the call protocol. */
  static long elementType(DType dtype) {
    return switch (dtype) {
      case F32 -> 0;
      case BF16 -> 1;
      case F16 -> 2;
      default -> throw new IllegalArgumentException(dtype + ", must be F32, BF16 or F16");
    };
  }

  @Override
  public void close() {
    team.close();
    products.close();
    delta.close();
    call.close();
  }
}
