package io.souffleur.clusterconfig.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Single operations of a kernel set: norms, convolution, rotation, gated delta rule. */
final class OpsSuite implements Suite {
  /** The contract's bound for the delta rule; the other operations keep it easily. */
  private static final double LIMIT = 2e-5;

  private static final float EPS = 1e-6f;
  private static final double THETA = 1e7;

  private final Path folder;

  OpsSuite(Path folder) {
    this.folder = folder;
  }

  @Override
  public void run(String backend, Consumer<Row> rows) throws IOException {
    try (Kernels kernels = KernelProviders.choose(backend).open(Suite.THREADS);
        Arena arena = Arena.ofShared();
        GoldenFile ops = new GoldenFile(folder.resolve("ops.safetensors"));
        GoldenFile delta = new GoldenFile(folder.resolve("delta_rule.safetensors"))) {
      rows.accept(measured("rms norm", rmsNorm(kernels, ops, arena)));
      rows.accept(measured("gated norm", gatedNorm(kernels, ops, arena)));
      rows.accept(measured("causal convolution", convolution(kernels, ops, arena)));
      rows.accept(measured("inverse frequencies", frequencies(kernels, ops, arena)));
      rows.accept(measured("rotation", rotation(kernels, ops, arena)));
      JsonNode cases = GoldenKinds.json(folder.resolve("delta_rule.json")).path("cases");
      for (JsonNode each : cases) {
        String name = each.path("name").asText();
        var rule = new DeltaCase(delta, name, each);
        rows.accept(measured("delta rule " + name, rule.error(kernels, arena)));
      }
    }
  }

  private Row measured(String what, double error) {
    return Row.measured(folder.getFileName() + " " + what, error, LIMIT);
  }

  private static float[] values(Tensor tensor) {
    return tensor.memory().toArray(ValueLayout.JAVA_FLOAT);
  }

  private static double rmsNorm(Kernels kernels, GoldenFile ops, Arena arena) throws IOException {
    Tensor x = ops.copy("norm.x", arena);
    Tensor weight = ops.copy("rms_norm.weight", arena);
    for (long i = 0; i < weight.elements(); i++) {
      weight.setFloat(i, 1 + weight.getFloat(i));
    }
    int rows = x.shape().intDim(0);
    Tensor out = Tensor.allocate(arena, DType.F32, rows, x.shape().dim(1));
    kernels.rmsNorm(x, weight, EPS, rows, out);
    return GoldenFile.largestError(ops.floats("rms_norm.out"), values(out));
  }

  private static double gatedNorm(Kernels kernels, GoldenFile ops, Arena arena) throws IOException {
    Tensor x = ops.copy("norm.x", arena);
    float[] gate = ops.floats("norm.gate");
    int rows = x.shape().intDim(0);
    int columns = x.shape().intDim(1);
    var shape = new DeltaShape(1, 1, 1, columns, 2);
    Tensor projection = Tensor.allocate(arena, DType.F32, rows, shape.projectionColumns());
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        projection.setFloat(
            (long) r * shape.projectionColumns() + shape.zColumn() + c, gate[r * columns + c]);
      }
    }
    Tensor weight = ops.copy("gated_norm.weight", arena);
    kernels.gatedNorm(x, projection, weight, EPS, shape, rows, x);
    return GoldenFile.largestError(ops.floats("gated_norm.out"), values(x));
  }

  /** Goldens are [channels, tokens]; the channels are dealt out as one q, one k and four v columns. */
  private static double convolution(Kernels kernels, GoldenFile ops, Arena arena)
      throws IOException {
    float[] x = ops.floats("conv.x");
    Tensor weight = ops.copy("conv.weight", arena);
    int channels = weight.shape().intDim(0);
    int width = weight.shape().intDim(1);
    int tokens = x.length / channels;
    var shape = new DeltaShape(1, 1, 1, channels - 2, width);
    Tensor projection = Tensor.allocate(arena, DType.F32, tokens, shape.projectionColumns());
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < channels; c++) {
        projection.setFloat((long) t * shape.projectionColumns() + c, x[c * tokens + t]);
      }
    }
    long slotBytes = align(DType.F32.bytes(shape.windowElements()));
    MemorySegment pool = arena.allocate(slotBytes, Tensor.ALIGNMENT_BYTES);
    Tensor out = Tensor.allocate(arena, DType.F32, tokens, channels);
    kernels.causalConv(
        projection, weight, shape, run(arena, tokens), new StateView(pool, slotBytes, 0), out);
    float[] transposed = new float[x.length];
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < channels; c++) {
        transposed[c * tokens + t] = out.getFloat((long) t * channels + c);
      }
    }
    float[] states = ops.floats("conv.state_after");
    float[] newest = new float[channels * (width - 1)];
    for (int c = 0; c < channels; c++) {
      System.arraycopy(states, c * width + 1, newest, c * (width - 1), width - 1);
    }
    float[] window =
        pool.asSlice(0, DType.F32.bytes(newest.length)).toArray(ValueLayout.JAVA_FLOAT);
    return Math.max(
        GoldenFile.largestError(ops.floats("conv.silu_out"), transposed),
        GoldenFile.largestError(newest, window));
  }

  private static double frequencies(Kernels kernels, GoldenFile ops, Arena arena)
      throws IOException {
    float[] expected = ops.floats("mrope_full.inv_freq");
    Tensor out = Tensor.allocate(arena, DType.F32, expected.length);
    kernels.inverseFrequencies(THETA, expected.length, out);
    return GoldenFile.largestError(expected, values(out));
  }

  /**
   * Rotates golden heads by golden angles. The kernel norms heads first, which a rotation does not
   * mind: its result is scaled back by the root mean square of the head.
   */
  private static double rotation(Kernels kernels, GoldenFile ops, Arena arena) throws IOException {
    float[] heads = ops.floats("mrope_full.q_in");
    int headCount = ops.shape("mrope_full.q_in").intDim(0);
    int tokens = ops.shape("mrope_full.q_in").intDim(1);
    int dim = ops.shape("mrope_full.q_in").intDim(2);
    int rotated = ops.shape("mrope_full.cos").intDim(1);
    float[] cos = ops.floats("mrope_full.cos");
    float[] sin = ops.floats("mrope_full.sin");
    long columns = 2L * (headCount + 1) * dim;
    Tensor projection = Tensor.allocate(arena, DType.F32, tokens, columns);
    Tensor angles = Tensor.allocate(arena, DType.F32, tokens, rotated);
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < rotated / 2; i++) {
        angles.setFloat((long) t * rotated + i, cos[t * rotated + i]);
        angles.setFloat((long) t * rotated + rotated / 2 + i, sin[t * rotated + i]);
      }
      for (int h = 0; h < headCount; h++) {
        for (int d = 0; d < dim; d++) {
          projection.setFloat(t * columns + 2L * h * dim + d, heads[(h * tokens + t) * dim + d]);
        }
      }
    }
    Tensor ones = Tensor.allocate(arena, DType.F32, dim);
    for (int d = 0; d < dim; d++) {
      ones.setFloat(d, 1);
    }
    long pageBytes = align(KvView.layerBytes(tokens, 1, dim, DType.F32));
    var kv = new KvView(
        arena.allocate(pageBytes, Tensor.ALIGNMENT_BYTES), pageBytes, 0, tokens, 1, dim, DType.F32);
    Tensor query = Tensor.allocate(arena, DType.F32, tokens, (long) headCount * dim);
    kernels.attentionInputs(
        projection, ones, ones, EPS, angles, run(arena, tokens), headCount, kv, query);
    float[] found = new float[heads.length];
    for (int h = 0; h < headCount; h++) {
      for (int t = 0; t < tokens; t++) {
        int from = (h * tokens + t) * dim;
        double squares = 0;
        for (int d = 0; d < dim; d++) {
          squares += (double) heads[from + d] * heads[from + d];
        }
        double root = Math.sqrt(squares / dim + EPS);
        for (int d = 0; d < dim; d++) {
          found[from + d] = (float) (query.getFloat(((long) t * headCount + h) * dim + d) * root);
        }
      }
    }
    return GoldenFile.largestError(ops.floats("mrope_full.q_out"), found);
  }

  /** One run from position 0 in page 0, state written to slot 0. */
  private static Runs run(Arena arena, int rows) {
    var runs = new Runs(arena, 1, 1);
    runs.addRun(rows, 0, Runs.NO_SLOT, 0);
    runs.addPage(0);
    return runs;
  }

  static long align(long bytes) {
    return (bytes + Tensor.ALIGNMENT_BYTES - 1) / Tensor.ALIGNMENT_BYTES * Tensor.ALIGNMENT_BYTES;
  }
}
