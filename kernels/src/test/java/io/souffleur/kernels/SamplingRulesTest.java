package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.SEED;
import static io.souffleur.kernels.KernelSets.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Penalties, edits and log-probabilities, on every kernel set. */
class SamplingRulesTest {
  private final Arena arena = Arena.ofConfined();
  private final Random random = new Random(SEED);

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> natives() {
    return KernelSets.natives();
  }

  /** JUnit closes what it is given. */
  static Stream<Kernels> all() {
    return Stream.concat(
        Stream.of(KernelSets.reference()), KernelSets.natives().map(each -> each.open(1)));
  }

  private int sample(Kernels kernels, Tensor logits, int vocab, SamplingTable table) {
    Tensor tokens = Tensor.allocate(arena, DType.I32, 1);
    kernels.sample(logits, vocab, table, 1, tokens);
    return tokens.getInt(0);
  }

  private SamplingTable greedy() {
    SamplingTable table = new SamplingTable(arena, 1);
    table.set(0, 0f, 1f, 0f, 0, 1, 0, 0);
    return table;
  }

  private static float[] values(Tensor logits) {
    return logits.memory().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  @ParameterizedTest
  @MethodSource("all")
  void penalisesTheOutputByCountAndPresence(Kernels kernels) {
    Tensor logits = Tensor.ofFloats(arena, new float[] {4, 3, 2, 1}, 1, 4);
    SamplingTable table = greedy();
    table.penalise(0, 0.5f, 0.25f, 1f, new int[] {1, 2, 0, 0, 1, 99}, 5, 2);

    assertEquals(0, sample(kernels, logits, 4, table));

    assertArrayEquals(new float[] {2.75f, 2.25f, 2, 1}, values(logits));
  }

  @ParameterizedTest
  @MethodSource("all")
  void penalisesRepetitionOncePerTokenOfPromptAndOutput(Kernels kernels) {
    Tensor logits = Tensor.ofFloats(arena, new float[] {4, 3, -2, -1}, 1, 4);
    SamplingTable table = greedy();
    table.penalise(0, 0f, 0f, 2f, new int[] {0, 2, 0, 0}, 4, 1);

    assertEquals(1, sample(kernels, logits, 4, table));

    assertArrayEquals(new float[] {2, 3, -4, -1}, values(logits));
  }

  @ParameterizedTest
  @MethodSource("all")
  void addsAfterPenaltiesAndForbidsByInfinity(Kernels kernels) {
    Tensor logits = Tensor.ofFloats(arena, new float[] {4, 3, -2, -1}, 1, 4);
    SamplingTable table = greedy();
    table.penalise(0, 1f, 0f, 2f, new int[] {0, 0}, 2, 0);
    table.add(0, 1, Float.NEGATIVE_INFINITY);
    table.add(0, 3, 2.5f);
    table.add(0, 2_000_000, 9);

    assertEquals(3, sample(kernels, logits, 4, table));

    assertArrayEquals(new float[] {1, Float.NEGATIVE_INFINITY, -2, 1.5f}, values(logits));
  }

  @ParameterizedTest
  @MethodSource("all")
  void aTinyRepetitionPenaltyDoesNotMakeTheRowInfinite(Kernels kernels) {
    Tensor logits = Tensor.ofFloats(arena, new float[] {1, 2}, 1, 2);
    SamplingTable table = greedy();
    table.penalise(0, 0f, 0f, Float.MIN_NORMAL, new int[] {0, 1}, 2, 0);

    assertEquals(1, sample(kernels, logits, 2, table));
  }

  @ParameterizedTest
  @MethodSource("all")
  void notFiniteLogitsAreReportedEvenIfForbidden(Kernels kernels) {
    Tensor logits = Tensor.ofFloats(arena, new float[] {1, Float.NaN}, 1, 2);
    SamplingTable table = greedy();
    table.add(0, 1, Float.NEGATIVE_INFINITY);

    assertEquals(Kernels.NOT_A_NUMBER, sample(kernels, logits, 2, table));
  }

  @ParameterizedTest
  @MethodSource("all")
  void rulesAreForgottenByClear(Kernels kernels) {
    SamplingTable table = greedy();
    table.add(0, 0, Float.NEGATIVE_INFINITY);
    table.clear();
    table.set(0, 0f, 1f, 0f, 0, 1, 0, 0);

    assertEquals(0, sample(kernels, Tensor.ofFloats(arena, new float[] {2, 1}, 1, 2), 2, table));
  }

  @ParameterizedTest
  @MethodSource("all")
  void scoresTheDrawnAndTheLikeliestTokens(Kernels kernels) {
    float half = (float) Math.log(0.5);
    float quarter = (float) Math.log(0.25);
    float eighth = (float) Math.log(0.125);
    Tensor logits = Tensor.ofFloats(
        arena, new float[] {eighth, quarter, Float.NEGATIVE_INFINITY, half, eighth}, 1, 5);
    SamplingTable table = greedy();
    table.score(0, 20);

    assertEquals(3, sample(kernels, logits, 5, table));

    int[] ids = {3, 3, 1, 0, 4};
    float[] logs = {half, half, quarter, eighth, eighth};
    for (int i = 0; i < ids.length; i++) {
      assertEquals(ids[i], table.scoredId(0, i), "entry " + i);
      assertEquals(logs[i], table.scoredLog(0, i), 1e-6f);
    }
    assertEquals(SamplingTable.NO_ID, table.scoredId(0, 5));
    assertEquals(SamplingTable.NO_ID, table.scoredId(0, 21));
  }

  @ParameterizedTest
  @MethodSource("all")
  void scoresAreOfTheSoftmaxAtTheTemperature(Kernels kernels) {
    Tensor logits = Tensor.ofFloats(arena, new float[] {0, 1}, 1, 2);
    SamplingTable table = new SamplingTable(arena, 1);
    table.set(0, 0.5f, 1f, 0f, 1, 1, 0, 0);
    table.score(0, 1);

    assertEquals(1, sample(kernels, logits, 2, table));

    assertEquals((float) -Math.log1p(Math.exp(-2)), table.scoredLog(0, 0), 1e-6f);
    assertEquals(table.scoredLog(0, 0), table.scoredLog(0, 1));
    assertEquals(SamplingTable.NO_ID, table.scoredId(0, 2));
  }

  @ParameterizedTest
  @MethodSource("natives")
  void changesTheSameBitsAndScoresLikeTheReference(KernelProvider provider) {
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      for (int vocab : new int[] {1, 9, 70, 1000, 9001}) {
        int rows = 12;
        Tensor logits = random(arena, random, 4f, rows, vocab);
        Tensor twin = Tensor.allocate(arena, DType.F32, rows, vocab);
        twin.memory().copyFrom(logits.memory());
        SamplingTable table = table(rows, vocab);
        Tensor tokens = Tensor.allocate(arena, DType.I32, rows);
        reference.sample(twin, vocab, table, rows, tokens);
        MemorySegment expected = arena.allocate(table.scores().memory().byteSize());
        expected.copyFrom(table.scores().memory());

        kernels.sample(logits, vocab, table, rows, tokens);

        assertArrayEquals(values(twin), values(logits));
        assertSameScores(expected, table.scores().memory(), rows);
      }
    }
  }

  private SamplingTable table(int rows, int vocab) {
    SamplingTable table = new SamplingTable(arena, rows);
    for (int r = 0; r < rows; r++) {
      table.set(r, r % 3 * 0.5f, 1f, 0f, 1, r, 0, r);
      int[] history = random.ints(random.nextInt(300), 0, vocab).toArray();
      if (r % 4 != 0) {
        table.penalise(
            r,
            random.nextFloat() * 4 - 2,
            random.nextFloat() * 4 - 2,
            r % 5 == 0 ? 1 : 0.5f + random.nextFloat(),
            history,
            history.length,
            history.length / 2);
      }
      for (int i = r % 2 * 10; i > 0; i--) {
        table.add(r, random.nextInt(vocab), random.nextFloat() * 200 - 100);
      }
      table.score(r, r);
    }
    return table;
  }

  private static void assertSameScores(MemorySegment expected, MemorySegment actual, int rows) {
    for (int i = 0; i < rows * (1 + SamplingTable.TOP_MAX); i++) {
      int id = expected.get(ValueLayout.JAVA_INT_UNALIGNED, i * 8L);
      assertEquals(id, actual.get(ValueLayout.JAVA_INT_UNALIGNED, i * 8L), "entry " + i);
      if (id >= 0) {
        float log = expected.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 8L + 4);
        assertEquals(
            log,
            actual.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 8L + 4),
            3e-6f * (1 + Math.abs(log)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void scoresHaveTheSameBitsAloneAndInABatchOnAnyTeam(KernelProvider provider) {
    int vocab = 5000;
    int rows = 12;
    Tensor logits = random(arena, random, 3f, rows, vocab);
    Tensor copy = Tensor.allocate(arena, DType.F32, rows, vocab);
    copy.memory().copyFrom(logits.memory());
    SamplingTable batch = new SamplingTable(arena, rows);
    for (int r = 0; r < rows; r++) {
      batch.set(r, 0.7f, 1f, 0f, 0, r, 0, r);
      batch.score(r, 5);
    }
    try (Kernels one = provider.open(1);
        Kernels three = provider.open(3)) {
      three.sample(copy, vocab, batch, rows, Tensor.allocate(arena, DType.I32, rows));
      SamplingTable single = new SamplingTable(arena, 1);
      for (int r = 0; r < rows; r++) {
        single.set(0, 0.7f, 1f, 0f, 0, r, 0, r);
        single.score(0, 5);
        sample(one, logits.rows(r, 1), vocab, single);
        for (int i = 0; i < 6; i++) {
          assertEquals(single.scoredId(0, i), batch.scoredId(r, i));
          assertEquals(
              Float.floatToRawIntBits(single.scoredLog(0, i)),
              Float.floatToRawIntBits(batch.scoredLog(r, i)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aGivenTokenIsScoredInsteadOfADrawnOneWithFurtherIds(Kernels kernels) {
    float half = (float) Math.log(0.5);
    float quarter = (float) Math.log(0.25);
    Tensor logits =
        Tensor.ofFloats(arena, new float[] {quarter, Float.NEGATIVE_INFINITY, half, quarter}, 1, 4);
    SamplingTable table = greedy();
    table.give(0, 3);
    table.score(0, 1);
    table.scoreIds(0, List.of(0, 1, 2, 3, 4));

    assertEquals(3, sample(kernels, logits, 4, table));

    assertEquals(3, table.scoredId(0, 0));
    assertEquals(quarter, table.scoredLog(0, 0), 1e-6f);
    assertEquals(2, table.scoredId(0, 1));
    float[] expected = {quarter, Float.NEGATIVE_INFINITY, half, quarter, Float.NEGATIVE_INFINITY};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], table.idLog(0, i), 1e-6f, "id " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aGivenTokenInARowThatIsNotFiniteIsReported(Kernels kernels) {
    SamplingTable table = greedy();
    table.give(0, 1);
    table.score(0, 0);
    Tensor logits = Tensor.ofFloats(arena, new float[] {1, 2, Float.POSITIVE_INFINITY}, 1, 3);

    assertEquals(Kernels.NOT_A_NUMBER, sample(kernels, logits, 3, table));
  }

  /** What is drawn and what is given, what is the likeliest and what is named: one number for each. */
  @ParameterizedTest
  @MethodSource("natives")
  void aTokenHasOneScoreHoweverItIsAskedFor(KernelProvider provider) {
    int vocab = 4000;
    Tensor logits = random(arena, random, 3f, 1, vocab);
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      SamplingTable table = greedy();
      table.score(0, 20);
      int best = sample(kernels, logits, vocab, table);
      List<Integer> ids = new ArrayList<>();
      for (int entry = 0; entry <= 20; entry++) {
        ids.add(table.scoredId(0, entry));
      }
      SamplingTable again = greedy();
      again.give(0, best);
      again.score(0, 0);
      again.add(0, vocab, 1);
      again.scoreIds(0, ids);
      sample(kernels, logits, vocab, again);
      assertEquals(best, again.scoredId(0, 0));
      assertEquals(table.scoredLog(0, 0), again.scoredLog(0, 0));
      for (int i = 0; i < ids.size(); i++) {
        assertEquals(
            Float.floatToRawIntBits(table.scoredLog(0, i)),
            Float.floatToRawIntBits(again.idLog(0, i)));
      }
      SamplingTable twin = greedy();
      twin.give(0, best);
      twin.score(0, 0);
      twin.scoreIds(0, ids);
      sample(reference, logits, vocab, twin);
      for (int i = 0; i < ids.size(); i++) {
        assertEquals(twin.idLog(0, i), again.idLog(0, i), 1e-5f);
      }
    }
  }
}
