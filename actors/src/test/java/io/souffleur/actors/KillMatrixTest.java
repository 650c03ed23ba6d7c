package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.FaultScript.Deed;
import io.souffleur.actors.FaultScript.Fault;
import io.souffleur.actors.FaultScript.Moment;
import io.souffleur.contracts.request.FinishReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rank processes that are killed, hang, crash or go wrong at named points and at random moments: no
 * stream changes by a token, all memory comes back, and only a guilty request ends.
 */
class KillMatrixTest {
  private static final ActorTestKit KIT = TestKits.create("matrix");
  private static final int MARK = HashModel.VOCABULARY + 1;
  private static final int ALWAYS = Integer.MAX_VALUE;
  private static final Duration HANG = Duration.ofSeconds(2);
  private static final Duration PATIENT = Duration.ofSeconds(60);
  private static final int ROUNDS = Integer.getInteger("matrix.rounds", 4);
  private static final long SEED = Long.getLong("matrix.seed", 3);

  @TempDir
  Path runParent;

  private TestEngine engine;

  @AfterEach
  void everythingIsGone() throws IOException {
    if (engine != null) {
      engine.stop();
    }
    try (var files = Files.list(runParent)) {
      assertEquals(List.of(), files.toList());
    }
    assertEquals(List.of(), FaultyRankMain.alive());
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private void start(Duration stepDeadline, int deathsMax, FaultScript script) {
    engine = new TestEngine(
        KIT, TestKits.settings(stepDeadline, deathsMax), FaultyRankMain.supply(runParent, script));
    engine.started();
  }

  /** Some that decode and two whose prompts take several chunks. */
  private List<TestEngine.Stream> load(String name, int newTokens) {
    List<TestEngine.Stream> streams = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      streams.add(engine.submit(name + i, 12 + i, newTokens));
    }
    streams.getFirst().awaitTokens(3);
    streams.add(engine.submit(name + "long", 150, newTokens));
    streams.add(engine.submit(name + "longer", 200, newTokens));
    return streams;
  }

  private void assertUndisturbed(List<TestEngine.Stream> streams) {
    streams.forEach(TestEngine.Stream::assertWhole);
    EngineStatus status = engine.client.status();
    assertEquals(1, status.epoch());
    assertEquals(0, status.counter("requests-lost"));
    engine.assertNothingLeaks();
  }

  static Stream<Arguments> scripts() {
    Stream<Arguments> alone = Stream.of(Moment.values())
        .filter(moment -> moment != Moment.TOKEN)
        .map(moment -> Arguments.of(
            moment + " once", 1, FaultScript.of(FaultScript.once(1, moment, Deed.KILL))));
    Fault decode = FaultScript.once(1, Moment.DECODE, Deed.KILL);
    Stream<Arguments> chains = Stream.of(
        Arguments.of(
            "in the step that the predecessor died in",
            4,
            FaultScript.of(new Fault(1, 4, Moment.DECODE, 0, Deed.KILL))),
        Arguments.of(
            "between two kills, while loading",
            3,
            FaultScript.of(
                decode,
                FaultScript.once(2, Moment.LOADING, Deed.KILL),
                FaultScript.once(3, Moment.DECODE, Deed.KILL))));
    return Stream.concat(alone, chains);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void aRankThatIsKilledAtANamedPointChangesNothing(String name, int deaths, FaultScript script) {
    start(PATIENT, 0, script);

    assertUndisturbed(load("kill", 40));

    EngineStatus status = engine.client.status();
    assertEquals(deaths, status.counter("rank-deaths"));
    assertEquals(deaths + 1, status.rankIncarnation());
  }

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"FIRST_CHUNK", "LATER_CHUNK", "DECODE", "RESULT_SENT"})
  void aRankThatIsStoppedAtANamedPointIsReplacedAtTheDeadline(Moment moment) {
    start(HANG, ALWAYS, FaultScript.of(FaultScript.once(1, moment, Deed.STOP)));

    assertUndisturbed(load("stop", 40));

    assertTrue(engine.client.status().rankIncarnation() >= 2);
  }

  /** More of it: {@code -Dmatrix.rounds=200 -Dmatrix.seed=1}. */
  @Test
  void killsAndStopsAtRandomMomentsChangeNothing() {
    start(HANG, ALWAYS, FaultScript.of());
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      List<TestEngine.Stream> streams = load("round" + round + "-", 60 + random.nextInt(200));
      long before = engine.client.status().counter("tokens-generated");
      long deaths = engine.client.status().counter("rank-deaths");
      int more = random.nextInt(200);
      TestEngine.await(() -> engine.client.status().counter("tokens-generated") > before + more
          && engine.client.status().rankReady());
      String signal = random.nextBoolean() ? "KILL" : "STOP";
      FaultyRankMain.alive().forEach(rank -> FaultyRankMain.signal(rank, signal));
      TestEngine.await(() -> engine.client.status().counter("rank-deaths") > deaths);
      assertUndisturbed(streams);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Deed.class,
      names = {"CRASH", "THROW"})
  void onlyThePromptThatCrashesItsRankIsRefusedHoweverOftenItComes(Deed deed) {
    start(PATIENT, 3, FaultScript.of(new Fault(1, ALWAYS, Moment.TOKEN, MARK, deed)));
    List<TestEngine.Stream> neighbours = load("neighbour", 400);
    for (int i = 0; i < 3; i++) {
      int[] prompt = TestEngine.prompt("poison" + i, 60);
      prompt[50] = MARK;

      var finished = engine.submit("poison" + i, prompt, 20).finish();

      assertEquals(FinishReason.CRASHED, finished.reason());
      assertEquals(0, finished.generatedTokens());
    }
    long deaths = engine.client.status().counter("rank-deaths");
    assertTrue(6 <= deaths && deaths <= 9, deaths + " deaths");
    assertUndisturbed(neighbours);
  }

  @Test
  void aRequestThatCrashesItsRankInDecodeKeepsTheTokensItHad() {
    int[] prompt = TestEngine.prompt("poison", 40);
    int[] answer = HashModel.expected(prompt, "poison".hashCode(), 30);
    start(PATIENT, 3, FaultScript.of(new Fault(1, ALWAYS, Moment.TOKEN, answer[19], Deed.CRASH)));
    List<TestEngine.Stream> neighbours = load("neighbour", 60);

    var poison = engine.submit("poison", prompt, 30);

    assertEquals(FinishReason.CRASHED, poison.finish().reason());
    assertEquals(20, poison.tokens.length);
    assertUndisturbed(neighbours);
  }

  @Test
  void killsFromOutsideInTheSameStepNeverCountAgainstARequest() {
    start(PATIENT, 0, FaultScript.of(new Fault(1, 5, Moment.TOKEN, MARK, Deed.KILL)));
    int[] prompt = TestEngine.prompt("unlucky", 40);
    prompt[20] = MARK;

    assertUndisturbed(List.of(engine.submit("unlucky", prompt, 20)));

    assertEquals(5, engine.client.status().counter("rank-deaths"));
  }

  @Test
  void numbersThatAreNotFiniteFailTheirRequestAndNobodyWhoGetsItsMemory() {
    start(PATIENT, 0, FaultScript.of(new Fault(1, ALWAYS, Moment.TOKEN, MARK, Deed.NAN)));
    List<TestEngine.Stream> neighbours = load("neighbour", 60);
    int[] prompt = TestEngine.prompt("sick", 20);
    prompt[10] = MARK;

    assertEquals(
        FinishReason.NOT_FINITE, engine.submit("sick", prompt, 20).finish().reason());

    assertUndisturbed(neighbours);
    assertUndisturbed(load("successor", 30));
    assertEquals(0, engine.client.status().counter("rank-deaths"));
  }
}
