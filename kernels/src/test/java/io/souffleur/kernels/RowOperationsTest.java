package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.SEED;
import static io.souffleur.kernels.KernelSets.as;
import static io.souffleur.kernels.KernelSets.assertClose;
import static io.souffleur.kernels.KernelSets.assertSameBits;
import static io.souffleur.kernels.KernelSets.floats;
import static io.souffleur.kernels.KernelSets.ints;
import static io.souffleur.kernels.KernelSets.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowOperationsTest {
  private static final int[] WIDTHS = {1, 3, 8, 16, 24, 31, 64, 100, 257};

  private final Arena arena = Arena.ofConfined();
  private final Random random = new Random(SEED);

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> natives() {
    return KernelSets.natives();
  }

  @ParameterizedTest
  @MethodSource("natives")
  void embedsFromTablesAtAnyFileOffset(KernelProvider provider) {
    try (Kernels kernels = provider.open(2)) {
      for (int n : WIDTHS) {
        for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
          Tensor source = as(arena, random(arena, random, 1f, 10, n), dtype);
          MemorySegment shifted =
              arena.allocate(source.memory().byteSize() + 2, 64).asSlice(2);
          shifted.copyFrom(source.memory());
          Tensor table = new Tensor(shifted, dtype, source.shape());
          Tensor out = Tensor.allocate(arena, DType.F32, 4, n);
          Tensor expected = Tensor.allocate(arena, DType.F32, 4, n);
          Tensor ids = ints(arena, 9, 0, 3, 3);
          kernels.embed(table, ids, 4, out);
          try (Kernels reference = KernelSets.reference()) {
            reference.embed(source, ids, 4, expected);
          }
          assertSameBits(floats(expected), floats(out), dtype + " of " + n);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void refusesTokenIdsOutsideTheVocabulary(KernelProvider provider) {
    try (Kernels kernels = provider.open(1)) {
      Tensor table = random(arena, random, 1f, 10, 4);
      Tensor out = Tensor.allocate(arena, DType.F32, 1, 4);
      assertThrows(
          IndexOutOfBoundsException.class, () -> kernels.embed(table, ints(arena, 10), 1, out));
      assertThrows(
          IndexOutOfBoundsException.class, () -> kernels.embed(table, ints(arena, -1), 1, out));
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void normsGatesAndSelectsLikeTheReference(KernelProvider provider) {
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      for (int n : WIDTHS) {
        for (float scale : new float[] {1e-20f, 1f, 1e15f}) {
          Tensor x = random(arena, random, scale, 7, n);
          Tensor weight = random(arena, random, 1f, n);
          Tensor out = Tensor.allocate(arena, DType.F32, 7, n);
          Tensor expected = Tensor.allocate(arena, DType.F32, 7, n);
          kernels.rmsNorm(x, weight, 1e-6f, 7, out);
          reference.rmsNorm(x, weight, 1e-6f, 7, expected);
          assertClose(floats(expected), floats(out), 2e-6, "norm of " + n + " at " + scale);
        }
        Tensor gateUp = random(arena, random, 30f, 7, 2L * n);
        Tensor out = Tensor.allocate(arena, DType.F32, 7, n);
        Tensor expected = Tensor.allocate(arena, DType.F32, 7, n);
        kernels.siluMul(gateUp, 7, out);
        reference.siluMul(gateUp, 7, expected);
        assertClose(floats(expected), floats(out), 2e-6, "gate of " + n);
        Tensor index = ints(arena, 6, 0, 0, 2);
        Tensor selected = Tensor.allocate(arena, DType.F32, 4, 2L * n);
        kernels.selectRows(gateUp, index, 4, selected);
        assertSameBits(floats(gateUp, 12L * n, 2 * n), floats(selected, 0, 2 * n), "row 6");
        assertSameBits(floats(gateUp, 4L * n, 2 * n), floats(selected, 6L * n, 2 * n), "row 2");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void gatesExtremeValuesWithoutOverflow(KernelProvider provider) {
    float[] gates = {-1e30f, -200f, -100f, -89f, -88f, -0f, 0f, 88f, 100f, 1e30f, 1e-40f, -1e-40f};
    int n = gates.length;
    Tensor gateUp = Tensor.allocate(arena, DType.F32, 1, 2L * n);
    for (int i = 0; i < n; i++) {
      gateUp.setFloat(i, gates[i]);
      gateUp.setFloat(n + i, 1f);
    }
    Tensor out = Tensor.allocate(arena, DType.F32, 1, n);
    try (Kernels kernels = provider.open(1)) {
      kernels.siluMul(gateUp, 1, out);
    }
    for (int i = 0; i < n; i++) {
      double expected = gates[i] / (1 + Math.exp(-(double) gates[i]));
      assertEquals(
          expected, out.getFloat(i), 1e-36 + 3e-7 * Math.abs(expected), "silu " + gates[i]);
    }
  }

  /** exp by way of silu: exp(−x) = x / silu(x) − 1, which keeps its digits where exp(−x) is large. */
  @ParameterizedTest
  @MethodSource("natives")
  void computesTheExponentialWithinTwoUnits(KernelProvider provider) {
    int n = 4096;
    Tensor gateUp = Tensor.allocate(arena, DType.F32, 1, 2L * n);
    for (int i = 0; i < n; i++) {
      gateUp.setFloat(i, -20f - 60f * i / n);
      gateUp.setFloat(n + i, 1f);
    }
    Tensor out = Tensor.allocate(arena, DType.F32, 1, n);
    try (Kernels kernels = provider.open(2)) {
      kernels.siluMul(gateUp, 1, out);
    }
    for (int i = 0; i < n; i++) {
      double x = gateUp.getFloat(i);
      double expected = x / (1 + Math.exp(-x));
      assertEquals(0, out.getFloat(i) / expected - 1, 2.5e-7, "silu of " + x);
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void turnsPositionsUpToTheContextLimitIntoExactAngles(KernelProvider provider) {
    int half = 32;
    Tensor frequencies = Tensor.allocate(arena, DType.F32, half);
    Runs runs = new Runs(arena, 3, 1);
    runs.addRun(5, 0, Runs.NO_SLOT, 0);
    runs.addRun(3, 262_141, 0, 1);
    runs.addRun(2, 2_147_483_000, 0, 1);
    Tensor out = Tensor.allocate(arena, DType.F32, runs.rows(), 2L * half);
    try (Kernels kernels = provider.open(2)) {
      kernels.inverseFrequencies(10_000_000, half, frequencies);
      for (int i = 0; i < half; i++) {
        double expected = Math.pow(10_000_000, -(double) i / half);
        assertEquals((float) expected, frequencies.getFloat(i), Math.ulp((float) expected));
      }
      kernels.rotary(runs, frequencies, out);
    }
    for (int run = 0; run < runs.count(); run++) {
      for (int t = 0; t < runs.rowCount(run); t++) {
        int row = runs.firstRow(run) + t;
        for (int i = 0; i < half; i++) {
          float angle = (float) (runs.firstPosition(run) + t) * frequencies.getFloat(i);
          assertEquals((float) StrictMath.cos(angle), out.getFloat(row * 64L + i), 6e-8f);
          assertEquals((float) StrictMath.sin(angle), out.getFloat(row * 64L + 32 + i), 6e-8f);
        }
      }
    }
  }
}
