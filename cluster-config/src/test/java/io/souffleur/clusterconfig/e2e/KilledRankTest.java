package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.EngineStatus;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of the rank under load: eight streams decode, one prompt is half computed. Every stream
 * must end with the tokens it has without the kill, and nothing but the interrupted step may be computed
 * twice.
 */
class KilledRankTest {
  private static final int STREAMS = 8;
  private static final int STREAM_TOKENS = 300;
  private static final int CHUNK = 64;
  private static final int LONG_PROMPT = 3_600;
  private static final int LONG_TOKENS = 40;
  private static RunningNode node;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.quiet(
        LaunchWords.options(
            "--isolation",
            "process",
            "--chunked-prefill-size",
            Integer.toString(CHUNK),
            "--max-running-requests",
            "16",
            "--max-total-tokens",
            "16384"),
        System.err);
  }

  @AfterAll
  static void stop() {
    node.close();
    assertEquals(List.of(), RankProcesses.alive());
  }

  private record Load(List<Stream> decoding, Stream prefilling) {
    List<int[]> await() {
      List<int[]> answers = new ArrayList<>();
      decoding.forEach(stream -> answers.add(stream.await()));
      answers.add(prefilling.await());
      return answers;
    }
  }

  /** Starts the same nine requests every time; the last is submitted when the others decode. */
  private static Load start(Random random) {
    List<Stream> decoding = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      LogitRules rules =
          i % 4 < 2 ? LogitRules.NONE : new LogitRules(0.5f, 0.2f, 1.1f, 0, List.of());
      SamplingSpec sampling = i % 2 == 0
          ? new SamplingSpec(0, 1, 0, 0, 0, 0, rules, ScoreSpec.NONE)
          : new SamplingSpec(0.9f, 0.95f, 0, 0, 77L + i, 0, rules, ScoreSpec.NONE);
      decoding.add(Stream.askAlone(node, prompt(random, 20 + i), STREAM_TOKENS, sampling));
    }
    until(() -> decoding.stream().allMatch(stream -> stream.tokens().length >= 10));
    Stream prefilling =
        Stream.askAlone(node, prompt(random, LONG_PROMPT), LONG_TOKENS, SamplingSpec.GREEDY);
    return new Load(decoding, prefilling);
  }

  private static int[] prompt(Random random, int tokens) {
    return random.ints(tokens, 0, node.client().model().vocabularySize()).toArray();
  }

  private static void until(BooleanSupplier condition) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofMinutes(1))
        .until(condition::getAsBoolean);
  }

  private static long counter(String name) {
    return node.client().status().counter(name);
  }

  @Test
  void streamsEndWithTheSameTokensAndOnlyTheInterruptedStepIsRepeated() {
    List<int[]> undisturbed = start(new Random(5)).await();
    EngineStatus before = node.client().status();

    Load load = start(new Random(5));
    long plannedAtSubmit = counter("rows-planned");
    until(() -> counter("rows-planned") > plannedAtSubmit + 8L * CHUNK);
    RankProcesses.killTheOne();
    int[] decodedAtKill =
        load.decoding().stream().mapToInt(stream -> stream.tokens().length).toArray();
    int prefilledAtKill = load.prefilling().tokens().length;
    List<int[]> disturbed = load.await();

    for (int tokens : decodedAtKill) {
      assertTrue(tokens < STREAM_TOKENS, "a stream had ended before the kill");
    }
    assertEquals(0, prefilledAtKill, "the long prompt was computed before the kill");
    for (int i = 0; i < undisturbed.size(); i++) {
      assertArrayEquals(undisturbed.get(i), disturbed.get(i), "stream " + i);
    }
    until(() -> counter("pages-used") + counter("slots-used") == 0);
    EngineStatus after = node.client().status();
    assertEquals(before.rankIncarnation() + 1, after.rankIncarnation());
    assertEquals(before.epoch(), after.epoch());
    assertEquals(rowsOfOneLoad(), after.counter("rows-planned") - before.counter("rows-planned"));
    assertEquals(1, after.counter("steps-replayed") - before.counter("steps-replayed"));
    assertTrue(
        after.counter("rows-replayed") - before.counter("rows-replayed") <= CHUNK + STREAMS,
        "more than one step was repeated");
  }

  /** Every prompt token and every generated token but the last of a stream is computed once. */
  private static long rowsOfOneLoad() {
    long rows = LONG_PROMPT + LONG_TOKENS - 1;
    for (int i = 0; i < STREAMS; i++) {
      rows += 20 + i + STREAM_TOKENS - 1;
    }
    return rows;
  }
}
