package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.SEED;
import static io.souffleur.kernels.KernelSets.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingTest {
  private final Arena arena = Arena.ofConfined();
  private final Random random = new Random(SEED);

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> natives() {
    return KernelSets.natives();
  }

  private int[] draw(Kernels kernels, Tensor logits, int vocab, SamplingTable table, int rows) {
    Tensor copy = Tensor.allocate(arena, DType.F32, rows, vocab);
    copy.memory().copyFrom(logits.memory().asSlice(0, copy.memory().byteSize()));
    Tensor tokens = Tensor.allocate(arena, DType.I32, rows);
    kernels.sample(copy, vocab, table, rows, tokens);
    int[] drawn = new int[rows];
    for (int i = 0; i < rows; i++) {
      drawn[i] = tokens.getInt(i);
    }
    return drawn;
  }

  @ParameterizedTest
  @MethodSource("natives")
  void takesTheLargestLogitAndTheSmallerIdOnTies(KernelProvider provider) {
    SamplingTable table = new SamplingTable(arena, 1);
    table.set(0, 0f, 1f, 0f, 0, 1, 0, 0);
    try (Kernels kernels = provider.open(1)) {
      for (int vocab : new int[] {1, 7, 16, 100, 1003}) {
        Tensor logits = random(arena, random, 1f, 1, vocab);
        int best = random.nextInt(vocab);
        logits.setFloat(best, 50f);
        logits.setFloat(vocab - 1, 50f);
        assertEquals(best, draw(kernels, logits, vocab, table, 1)[0]);
      }
      Tensor zeros = Tensor.allocate(arena, DType.F32, 1, 40);
      zeros.setFloat(3, -0f);
      assertEquals(0, draw(kernels, zeros, 40, table, 1)[0]);
      zeros.memory().asSlice(0, 12).fill((byte) 0xBF);
      assertEquals(3, draw(kernels, zeros, 40, table, 1)[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void reportsNotANumberAndInfinityPerRow(KernelProvider provider) {
    SamplingTable table = new SamplingTable(arena, 4);
    for (int r = 0; r < 4; r++) {
      table.set(r, r % 2, 1f, 0f, 0, 1, 0, 0);
    }
    Tensor logits = random(arena, random, 1f, 4, 21);
    logits.setFloat(21 + 20, Float.NaN);
    logits.setFloat(42 + 4, Float.POSITIVE_INFINITY);
    for (int i = 0; i < 21; i++) {
      logits.setFloat(63 + i, Float.NEGATIVE_INFINITY);
    }
    try (Kernels kernels = provider.open(2)) {
      int[] tokens = draw(kernels, logits, 21, table, 4);
      assertTrue(tokens[0] >= 0);
      assertEquals(Kernels.NOT_A_NUMBER, tokens[1]);
      assertEquals(Kernels.NOT_A_NUMBER, tokens[2]);
      assertEquals(0, tokens[3]);
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void drawsWhatTheReferenceDraws(KernelProvider provider) {
    int rows = 400;
    int same = 0;
    int total = 0;
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      for (int vocab : new int[] {5, 300, 3000}) {
        Tensor logits = random(arena, random, 3f, rows, vocab);
        // Repeated values make ties at every border.
        for (int i = 0; i < rows * vocab / 3; i++) {
          long at = random.nextInt(rows * vocab);
          logits.setFloat(at, Math.round(logits.getFloat(at)));
        }
        SamplingTable table = new SamplingTable(arena, rows);
        for (int r = 0; r < rows; r++) {
          table.set(
              r,
              r % 7 == 0 ? 100f : r % 11 == 0 ? 1e-3f : 0.2f + random.nextFloat() * 2,
              r % 3 == 0 ? 1f : random.nextFloat(),
              r % 4 == 0 ? random.nextFloat() * 0.2f : 0f,
              r % 2 == 0 ? 0 : 1 + random.nextInt(2 * vocab),
              random.nextLong(),
              r % 5,
              r);
        }
        int[] expected = draw(reference, logits, vocab, table, rows);
        int[] actual = draw(kernels, logits, vocab, table, rows);
        for (int r = 0; r < rows; r++) {
          same += expected[r] == actual[r] ? 1 : 0;
          total++;
        }
      }
    }
    // The two round masses differently, so a draw on a border may fall on its neighbour.
    assertTrue(same >= total - total / 100, same + " of " + total + " draws agree");
  }

  @ParameterizedTest
  @MethodSource("natives")
  void drawsByTheSoftmaxWithinTheCuts(KernelProvider provider) {
    int vocab = 50;
    int rows = 20_000;
    Tensor logits = Tensor.allocate(arena, DType.F32, rows, vocab);
    double[] weight = new double[vocab];
    for (int i = 0; i < vocab; i++) {
      float logit = (float) random.nextGaussian();
      weight[i] = Math.exp(logit / 0.8);
      for (int r = 0; r < rows; r++) {
        logits.setFloat((long) r * vocab + i, logit);
      }
    }
    SamplingTable table = new SamplingTable(arena, rows);
    for (int r = 0; r < rows; r++) {
      table.set(r, 0.8f, 1f, 0f, 10, 99, 0, r);
    }
    double[] sorted = weight.clone();
    Arrays.sort(sorted);
    double cut = sorted[vocab - 10];
    double sum = 0;
    for (int i = vocab - 10; i < vocab; i++) {
      sum += sorted[i];
    }
    int[] counts = new int[vocab];
    try (Kernels kernels = provider.open(2)) {
      for (int token : draw(kernels, logits, vocab, table, rows)) {
        counts[token]++;
      }
    }
    for (int i = 0; i < vocab; i++) {
      double expected = weight[i] >= cut ? rows * weight[i] / sum : 0;
      assertEquals(expected, counts[i], 5 * Math.sqrt(expected), "token " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void drawsTheSameAloneAndInABatchOnAnyTeam(KernelProvider provider) {
    int vocab = 5000;
    int rows = 24;
    Tensor logits = random(arena, random, 3f, rows, vocab);
    SamplingTable table = new SamplingTable(arena, rows);
    for (int r = 0; r < rows; r++) {
      table.set(r, 1f, 0.9f, 0.01f, 100, 7, 0, r);
    }
    try (Kernels one = provider.open(1);
        Kernels three = provider.open(3)) {
      int[] batch = draw(three, logits, vocab, table, rows);
      int[] alone = new int[rows];
      SamplingTable single = new SamplingTable(arena, 1);
      for (int r = 0; r < rows; r++) {
        single.set(0, 1f, 0.9f, 0.01f, 100, 7, 0, r);
        alone[r] = draw(one, logits.rows(r, 1), vocab, single, 1)[0];
      }
      assertArrayEquals(alone, batch);
    }
  }
}
