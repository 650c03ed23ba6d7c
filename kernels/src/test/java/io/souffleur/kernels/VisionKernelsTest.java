package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.SEED;
import static io.souffleur.kernels.KernelSets.assertClose;
import static io.souffleur.kernels.KernelSets.assertSameBits;
import static io.souffleur.kernels.KernelSets.floats;
import static io.souffleur.kernels.KernelSets.ints;
import static io.souffleur.kernels.KernelSets.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.kernels.VisionKernels.Gelu;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VisionKernelsTest {
  private static final int[] WIDTHS = {1, 3, 8, 24, 31, 72, 257};
  private static final int ROWS = 12;

  private final Arena arena = Arena.ofConfined();
  private final Random random = new Random(SEED);

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> natives() {
    return KernelSets.natives();
  }

  private Tensor copy(Tensor source) {
    Tensor copy = Tensor.allocate(arena, DType.F32, ROWS, source.shape().dim(-1));
    copy.memory().copyFrom(source.memory());
    return copy;
  }

  /** Runs {@code operation} in both kernel sets on copies of {@code x} and compares. */
  private void compare(
      KernelProvider provider,
      Tensor x,
      double limit,
      BiConsumer<VisionKernels, Tensor> operation) {
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      Tensor actual = copy(x);
      Tensor expected = copy(x);
      operation.accept(kernels.vision(), actual);
      operation.accept(reference.vision(), expected);
      assertClose(floats(expected), floats(actual), limit, "of " + x.shape());
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void rowOperationsAgreeWithTheReference(KernelProvider provider) {
    for (int n : WIDTHS) {
      Tensor x = random(arena, random, 2f, ROWS, n);
      Tensor weight = random(arena, random, 1f, n);
      Tensor bias = random(arena, random, 1f, n);
      Tensor table = random(arena, random, 1f, 5, n);
      Tensor index = ints(arena, 0, 4, 4, 1, 2, 3, 0, 1, 2, 3, 4, 0);
      compare(provider, x, 2e-6, (k, y) -> k.layerNorm(y, weight, bias, 1e-6f, ROWS, y));
      compare(provider, x, 1e-6, (k, y) -> k.gelu(y, bias, Gelu.TANH, ROWS));
      compare(provider, x, 1e-6, (k, y) -> k.gelu(y, bias, Gelu.ERF, ROWS));
      compare(provider, x, 0, (k, y) -> k.addRows(y, table, index, ROWS));
      compare(provider, x, 0, (k, y) -> k.addBias(y, bias, ROWS));
      compare(provider, x, 1e-6, (k, y) -> k.meanRows(x, 4, ROWS / 4, y));
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void geluIsRightFarFromZeroAndKeepsNotANumber(KernelProvider provider) {
    Tensor x = random(arena, random, 30f, ROWS, 64);
    Tensor none = Tensor.allocate(arena, DType.F32, 64);
    x.setFloat(3, Float.NaN);
    x.setFloat(4, 1e30f);
    x.setFloat(5, -1e30f);
    for (Gelu form : Gelu.values()) {
      compare(provider, x, 1e-6, (k, y) -> k.gelu(y, none, form, ROWS));
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void levelsBecomeValuesChannelByChannel(KernelProvider provider) {
    int plane = 49;
    Tensor levels = Tensor.allocate(arena, DType.U8, ROWS, 3L * plane);
    for (long i = 0; i < levels.elements(); i++) {
      levels.memory().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    Tensor scale = random(arena, random, 0.01f, 3);
    Tensor offset = random(arena, random, 1f, 3);
    compare(
        provider,
        Tensor.allocate(arena, DType.F32, ROWS, 3L * plane),
        1e-6,
        (k, y) -> k.normalise(levels, scale, offset, ROWS, y));
  }

  @ParameterizedTest
  @MethodSource("natives")
  void attentionStaysInsideItsSpan(KernelProvider provider) {
    for (int dim : new int[] {4, 16, 72, 128}) {
      int heads = 3;
      Tensor spans = ints(arena, 0, 4, 4, 1, 5, 97, 102, 200);
      Tensor qkv = random(arena, random, 1f, 302, 3L * heads * dim);
      Tensor expected = Tensor.allocate(arena, DType.F32, 302, (long) heads * dim);
      Tensor actual = Tensor.allocate(arena, DType.F32, 302, (long) heads * dim);
      try (Kernels kernels = provider.open(2);
          Kernels reference = KernelSets.reference()) {
        kernels.vision().spanAttention(qkv, spans, 4, heads, actual);
        reference.vision().spanAttention(qkv, spans, 4, heads, expected);
      }
      assertClose(floats(expected), floats(actual), 5e-6, "heads of " + dim);
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void aSpansBitsDoNotDependOnItsNeighboursOrOnThreads(KernelProvider provider) {
    int heads = 2;
    int width = heads * 72;
    Tensor qkv = random(arena, random, 1f, 300, 3L * width);
    float[] together = attended(provider, 2, qkv, ints(arena, 0, 130, 130, 170), 2, heads);
    Tensor alone = Tensor.allocate(arena, DType.F32, 170, 3L * width);
    alone.memory().copyFrom(qkv.memory().asSlice(130L * 3 * width * Float.BYTES));
    float[] single = attended(provider, 1, alone, ints(arena, 0, 170), 1, heads);
    float[] part = new float[170 * width];
    System.arraycopy(together, 130 * width, part, 0, part.length);
    assertSameBits(single, part, "rows of the second span");
  }

  private float[] attended(
      KernelProvider provider, int threads, Tensor qkv, Tensor spans, int count, int heads) {
    Tensor out =
        Tensor.allocate(arena, DType.F32, qkv.shape().dim(0), qkv.shape().dim(1) / 3);
    try (Kernels kernels = provider.open(threads)) {
      kernels.vision().spanAttention(qkv, spans, count, heads, out);
    }
    return floats(out);
  }

  @ParameterizedTest
  @MethodSource("natives")
  void operandsOutOfRangeAreRefused(KernelProvider provider) {
    Tensor qkv = random(arena, random, 1f, 10, 24);
    Tensor out = Tensor.allocate(arena, DType.F32, 10, 8);
    try (Kernels kernels = provider.open(1)) {
      VisionKernels vision = kernels.vision();
      var past = assertThrows(
          IndexOutOfBoundsException.class,
          () -> vision.spanAttention(qkv, ints(arena, 3, 8), 1, 2, out));
      assertEquals(true, past.getMessage().contains("8 rows from 3"));
      assertThrows(
          IllegalArgumentException.class,
          () -> vision.spanAttention(qkv, ints(arena, 0, 4), 1, 3, out));
      assertThrows(
          IndexOutOfBoundsException.class, () -> vision.addRows(out, qkv, ints(arena, 10), 1));
    }
  }
}
