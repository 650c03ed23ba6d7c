package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.EngineStatus;
import io.souffleur.clusterconfig.e2e.KillOrders.Deed;
import io.souffleur.clusterconfig.e2e.KillOrders.Order;
import io.souffleur.clusterconfig.e2e.KillOrders.Point;
import io.souffleur.clusterconfig.e2e.KillStream.Question;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The real rank program with the embedded model, killed and stopped at named points while some streams
 * decode and two prompts are computed in chunks: every stream ends with the tokens it has without that,
 * nothing but the interrupted step is computed twice, and everything comes back.
 */
class KillPointsTest {
  private static final int CHUNK = 64;
  private static final int DECODING = 5;
  private static KillableEngine engine;
  private static List<Question> questions;
  private static List<int[]> undisturbed;

  @BeforeAll
  static void start() throws Exception {
    engine = new KillableEngine(
        "--chunked-prefill-size",
        Integer.toString(CHUNK),
        "--max-running-requests",
        "8",
        "--max-total-tokens",
        "8192");
    questions = questions(new Random(17));
    undisturbed = answers();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.assertFootprint();
    engine.close();
  }

  /** Greedy, sampled, with penalties; the last two are long. */
  private static List<Question> questions(Random random) {
    int vocabulary = engine.client.model().vocabularySize();
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < DECODING + 2; i++) {
      LogitRules rules =
          i % 3 == 2 ? new LogitRules(0.5f, 0.2f, 1.1f, 0, List.of()) : LogitRules.NONE;
      SamplingSpec sampling = i % 2 == 0
          ? new SamplingSpec(0, 1, 0, 0, 0, 0, rules, ScoreSpec.NONE)
          : new SamplingSpec(0.9f, 0.95f, 0, 0, 77L + i, 0, rules, ScoreSpec.NONE);
      int length = i < DECODING ? 20 + i : 400 + i;
      questions.add(new Question(random.ints(length, 0, vocabulary).toArray(), 100, sampling));
    }
    return questions;
  }

  /** The same load every time: orders are given when the short ones decode. */
  private static List<int[]> answers(Order... orders) {
    List<KillStream> streams = new ArrayList<>();
    questions.subList(0, DECODING).forEach(each -> streams.add(KillStream.askAlone(engine, each)));
    KillableEngine.until(() -> streams.stream().allMatch(stream -> stream.tokens().length >= 5));
    engine.orders.give(orders);
    questions
        .subList(DECODING, questions.size())
        .forEach(each -> streams.add(KillStream.askAlone(engine, each)));
    return streams.stream().map(KillStream::await).toList();
  }

  static Stream<Arguments> kills() {
    return Stream.of(
        kill(Point.FIRST_CHUNK),
        kill(Point.LATER_CHUNK),
        kill(Point.DECODE),
        kill(Point.RESULT_WRITTEN),
        kill(Point.DECODE, Point.LOADING),
        kill(Point.LATER_CHUNK, Point.LOADING, Point.LOADING, Point.FIRST_STEP),
        kill(Point.DECODE, Point.FIRST_STEP, Point.FIRST_STEP, Point.RESULT_WRITTEN));
  }

  private static Arguments kill(Point... points) {
    return Arguments.of(Arrays.asList(points));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kills")
  void aRankThatIsKilledChangesNothing(List<Point> points) {
    EngineStatus before = engine.status();

    List<int[]> disturbed =
        answers(points.stream().map(each -> new Order(each, Deed.KILL)).toArray(Order[]::new));

    assertUndisturbed(disturbed, before);
    EngineStatus after = engine.status();
    assertEquals(points.size(), after.rankIncarnation() - before.rankIncarnation());
    assertEquals(points.size(), grown("rank-deaths", before));
    assertTrue(grown("steps-replayed", before) <= points.size());
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"FIRST_CHUNK", "LATER_CHUNK", "DECODE", "RESULT_WRITTEN"})
  void aRankThatIsStoppedIsReplacedAtTheDeadlineOfItsStep(Point point) {
    EngineStatus before = engine.status();

    assertUndisturbed(answers(new Order(point, Deed.STOP)), before);

    assertTrue(engine.status().rankIncarnation() > before.rankIncarnation());
  }

  @Test
  void aRankThatIsStoppedWhileItLoadsIsNamedAndReplaced() {
    EngineStatus before = engine.status();
    List<KillStream> streams =
        questions.stream().map(each -> KillStream.askAlone(engine, each)).toList();
    engine.orders.give(new Order(Point.DECODE, Deed.KILL), new Order(Point.LOADING, Deed.STOP));

    KillableEngine.until(
        () -> engine.status().detail().contains("died (it did not get ready within PT"));

    assertUndisturbed(streams.stream().map(KillStream::await).toList(), before);
    assertEquals(2, engine.status().rankIncarnation() - before.rankIncarnation());
    assertEquals("", engine.status().detail());
  }

  private static void assertUndisturbed(List<int[]> disturbed, EngineStatus before) {
    assertEquals(List.of(), engine.orders.open());
    for (int i = 0; i < undisturbed.size(); i++) {
      assertArrayEquals(undisturbed.get(i), disturbed.get(i), "stream " + i);
    }
    assertEquals(before.epoch(), engine.status().epoch());
    engine.assertNothingIsHeld();
    long rows = questions.stream()
        .mapToLong(each -> each.prompt().length + each.count() - 1L)
        .sum();
    assertEquals(rows, grown("rows-planned", before));
    assertTrue(grown("rows-replayed", before)
        <= grown("rank-deaths", before) * (CHUNK + questions.size()));
  }

  private static long grown(String counter, EngineStatus before) {
    return engine.counter(counter) - before.counter(counter);
  }
}
