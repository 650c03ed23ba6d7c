package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.SEED;
import static io.souffleur.kernels.KernelSets.as;
import static io.souffleur.kernels.KernelSets.assertClose;
import static io.souffleur.kernels.KernelSets.assertSameBits;
import static io.souffleur.kernels.KernelSets.floats;
import static io.souffleur.kernels.KernelSets.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LinearTest {
  private final Arena arena = Arena.ofConfined();
  private final Random random = new Random(SEED);

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<Arguments> providersAndForms() {
    return KernelSets.natives()
        .flatMap(p -> Stream.of(WeightForm.values()).map(f -> Arguments.of(p, f)));
  }

  /** Odd shapes: one row and many, columns and inputs beside every grain, one slice and eight. */
  private static final List<int[]> SHAPES = List.of(
      new int[] {1, 1, 1},
      new int[] {1, 64, 2},
      new int[] {2, 65, 3},
      new int[] {3, 300, 48},
      new int[] {5, 63, 1},
      new int[] {6, 128, 80},
      new int[] {7, 200, 33},
      new int[] {13, 96, 128},
      new int[] {31, 130, 256},
      new int[] {100, 64, 64},
      new int[] {1, 70, 1100},
      new int[] {97, 70, 1100},
      new int[] {200, 70, 384});

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void agreesWithTheReferenceOverOddShapes(KernelProvider provider, WeightForm form) {
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      for (int[] shape : SHAPES) {
        int rows = shape[0];
        Tensor x = random(arena, random, 1f, rows, shape[2]);
        Tensor w = random(arena, random, 0.5f, shape[1], shape[2]);
        for (int slices : new int[] {1, PackedLinear.rowParallelSlices(shape[2])}) {
          Tensor out = Tensor.allocate(arena, DType.F32, rows, shape[1]);
          Tensor expected = Tensor.allocate(arena, DType.F32, rows, shape[1]);
          kernels.linear(x, KernelSets.pack(arena, kernels, form, slices, w), rows, out);
          reference.linear(x, KernelSets.pack(arena, reference, form, slices, w), rows, expected);
          String what = rows + "x" + shape[1] + "x" + shape[2] + " in " + slices + " slices";
          assertClose(floats(expected), floats(out), 1e-6 * Math.sqrt(shape[2]) + 1e-6, what);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void addsTheFinishedProduct(KernelProvider provider, WeightForm form) {
    try (Kernels kernels = provider.open(2)) {
      for (int[] shape : SHAPES) {
        for (int slices : new int[] {1, PackedLinear.rowParallelSlices(shape[2])}) {
          Tensor x = random(arena, random, 1f, shape[0], shape[2]);
          PackedLinear w = KernelSets.pack(
              arena, kernels, form, slices, random(arena, random, 1f, shape[1], shape[2]));
          Tensor product = Tensor.allocate(arena, DType.F32, shape[0], shape[1]);
          Tensor sum = random(arena, random, 1f, shape[0], shape[1]);
          float[] expected = floats(sum);
          kernels.linear(x, w, shape[0], product);
          kernels.linearAdd(x, w, shape[0], sum);
          for (int i = 0; i < expected.length; i++) {
            expected[i] += product.getFloat(i);
          }
          assertSameBits(expected, floats(sum), "sum");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void givesARowTheSameBitsInAnyBatchOnAnyTeam(KernelProvider provider, WeightForm form) {
    int n = 330;
    int k = 1152;
    int rows = 103;
    Tensor x = random(arena, random, 1f, rows, k);
    Tensor w = random(arena, random, 1f, n, k);
    for (int slices : new int[] {1, 8}) {
      try (Kernels one = provider.open(1);
          Kernels three = provider.open(3)) {
        PackedLinear packed = KernelSets.pack(arena, one, form, slices, w);
        Tensor all = Tensor.allocate(arena, DType.F32, rows, n);
        one.linear(x, packed, rows, all);
        for (int count : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 11, 25, 49, 97, 103}) {
          int first = random.nextInt(rows - count + 1);
          Tensor out = Tensor.allocate(arena, DType.F32, count, n);
          three.linear(x.rows(first, count), packed, count, out);
          String what = slices + " slices, rows " + first + "+" + count;
          assertSameBits(floats(all, (long) first * n, count * n), floats(out), what);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void leavesRowsPastTheCountUntouched(KernelProvider provider, WeightForm form) {
    try (Kernels kernels = provider.open(2)) {
      PackedLinear w = KernelSets.pack(arena, kernels, form, 1, random(arena, random, 1f, 70, 20));
      Tensor out = random(arena, random, 1f, 9, 70);
      float[] before = floats(out, 4 * 70, 5 * 70);
      kernels.linear(random(arena, random, 1f, 9, 20), w, 4, out);
      assertSameBits(before, floats(out, 4 * 70, 5 * 70), "rows past the count");
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void packsStackedPartsOfEveryDtypeAlike(KernelProvider provider, WeightForm form) {
    try (Kernels kernels = provider.open(2)) {
      // Values that BF16 and F16 both hold exactly.
      Tensor whole = Tensor.allocate(arena, DType.F32, 150, 33);
      for (long i = 0; i < whole.elements(); i++) {
        whole.setFloat(i, (random.nextInt(255) - 127) / 64f);
      }
      PackedLinear plain = KernelSets.pack(arena, kernels, form, 1, whole);
      PackedLinear stacked = KernelSets.pack(
          arena,
          kernels,
          form,
          1,
          as(arena, whole.rows(0, 70), DType.BF16),
          whole.rows(70, 1),
          as(arena, whole.rows(71, 79), DType.F16));
      assertEquals(-1, plain.panels().mismatch(stacked.panels()));
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void keepsNotANumberInItsRow(KernelProvider provider, WeightForm form) {
    try (Kernels kernels = provider.open(2)) {
      Tensor x = random(arena, random, 1f, 8, 31);
      Tensor clean = Tensor.allocate(arena, DType.F32, 8, 70);
      Tensor out = Tensor.allocate(arena, DType.F32, 8, 70);
      PackedLinear w = KernelSets.pack(arena, kernels, form, 1, random(arena, random, 1f, 70, 31));
      kernels.linear(x, w, 8, clean);
      x.setFloat(3 * 31 + 30, Float.NaN);
      kernels.linear(x, w, 8, out);
      for (int i = 0; i < 70; i++) {
        assertTrue(Float.isNaN(out.getFloat(3 * 70 + i)));
      }
      assertSameBits(floats(clean, 0, 210), floats(out, 0, 210), "rows before");
      assertSameBits(floats(clean, 280, 280), floats(out, 280, 280), "rows after");
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndForms")
  void refusesBuffersThatAreTooSmall(KernelProvider provider, WeightForm form) {
    try (Kernels kernels = provider.open(1)) {
      PackedLinear w = KernelSets.pack(arena, kernels, form, 1, random(arena, random, 1f, 64, 16));
      Tensor x = random(arena, random, 1f, 2, 16);
      Tensor out = Tensor.allocate(arena, DType.F32, 2, 63);
      assertThrows(IllegalArgumentException.class, () -> kernels.linear(x, w, 2, out));
      assertThrows(IllegalArgumentException.class, () -> kernels.linear(x, w, 3, x));
    }
  }
}
