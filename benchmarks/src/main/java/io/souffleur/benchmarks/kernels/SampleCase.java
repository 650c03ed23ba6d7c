package io.souffleur.benchmarks.kernels;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.SamplingTable;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;

/** One draw per row over the released vocabulary. */
final class SampleCase implements KernelCase {
  private static final int VOCAB = 248_094;

  private final String label;
  private final int rows;
  private final Tensor logits;
  private final Tensor tokens;
  private final SamplingTable table;

  SampleCase(Arena arena, String label, int rows, float temperature, float topP, int topK) {
    this.label = label;
    this.rows = rows;
    logits = Tensor.allocate(arena, DType.F32, rows, VOCAB);
    Fill.gaussian(logits, new Random(1));
    for (long i = 0; i < logits.elements(); i++) {
      logits.setFloat(i, 2.5f * logits.getFloat(i));
    }
    tokens = Tensor.allocate(arena, DType.I32, rows);
    table = new SamplingTable(arena, rows);
    for (int r = 0; r < rows; r++) {
      table.set(r, temperature, topP, 0f, topK, 1, 0, r);
    }
  }

  @Override
  public String name() {
    return "sample " + label + " M=" + rows;
  }

  @Override
  public double operations() {
    return 0;
  }

  @Override
  public double bytes() {
    return 4.0 * rows * VOCAB;
  }

  @Override
  public void run(Kernels kernels) {
    kernels.sample(logits, VOCAB, table, rows, tokens);
  }
}
