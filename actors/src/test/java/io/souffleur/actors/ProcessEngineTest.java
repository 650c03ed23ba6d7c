package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.EngineStatus.Phase;
import io.souffleur.actors.HashRankMain.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine whose rank is a real process: killed again and again, nobody notices. */
class ProcessEngineTest {
  private static final ActorTestKit KIT = TestKits.create("processes");

  @TempDir
  Path runParent;

  private TestEngine engine;

  @AfterEach
  void everythingIsGone() throws IOException {
    if (engine != null) {
      engine.stop();
    }
    assertEquals(List.of(), runDirectories());
    assertEquals(List.of(), ranks());
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private void start(ActorsSettings settings, Mode mode) {
    engine = new TestEngine(KIT, settings, HashRankMain.supply(runParent, mode));
  }

  private void start() {
    start(TestKits.settings(), Mode.WELL);
    engine.started();
  }

  @Test
  void killingTheRankInTheMiddleOfStepsChangesNoTokenAndComputesNothingTwice() {
    start();
    Random random = new Random(7);
    List<TestEngine.Stream> streams = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      streams.add(engine.submit("d" + i, 20 + i, 450));
    }
    streams.getFirst().awaitTokens(3);
    streams.add(engine.submit("prefill", 700, 200));

    for (int kill = 0; kill < 8; kill++) {
      long before = engine.client.status().counter("tokens-generated");
      int more = random.nextInt(100);
      TestEngine.await(() -> engine.client.status().counter("tokens-generated") > before + more);
      killRank();
      int died = kill + 1;
      TestEngine.await(() -> engine.client.status().counter("rank-deaths") == died
          && engine.client.status().rankReady());
    }

    streams.forEach(TestEngine.Stream::assertWhole);
    EngineStatus status = engine.client.status();
    assertEquals(1, status.epoch());
    assertEquals(9, status.rankIncarnation());
    assertEquals(0, status.counter("requests-lost"));
    assertTrue(status.counter("steps-replayed") <= 8);
    long rows = streams.stream()
        .mapToLong(each -> each.prompt.length + each.newTokens - 1)
        .sum();
    assertEquals(rows, status.counter("rows-planned"), "rows computed, each step once");
    engine.assertNothingLeaks();
  }

  @Test
  void killingAnyActorRebuildsTheReplicaAndEveryStreamGoesOn() {
    start();
    for (String victim : List.of(
        "engine/transport/replica-0/kv-cache",
        "engine/transport/replica-0/mamba-cache",
        "engine/transport/replica-0/shard-r0",
        "engine/transport")) {
      long epoch = engine.client.status().epoch();
      var streams = IntStream.range(0, 3)
          .mapToObj(i -> engine.submit(victim.replace('/', '-') + i, 30 + 40 * i, 60))
          .toList();
      streams.getFirst().awaitTokens(10);

      engine.kill(victim);

      streams.forEach(TestEngine.Stream::assertWhole);
      engine.awaitReady(epoch + 1);
      assertEquals(1, runDirectories().size());
      engine.assertNothingLeaks();
    }
  }

  @Test
  void aRankThatThrowsOverAndOverEndsTheEngineWithItsWords() {
    start(TestKits.settings(Duration.ofSeconds(20), 1), Mode.THROWS);
    engine.started();
    engine.submit("poison", 20, 60);

    TestEngine.await(() -> engine.client.status().epoch() >= 2);
    assertTrue(engine.client.status().counter("rank-deaths") >= 2);
  }

  @Test
  void aRankThatHangsIsKilledAtTheDeadlineAndReplaced() {
    start(TestKits.settings(Duration.ofMillis(300), 5), Mode.HANGS);
    engine.started();
    engine.submit("hang", 20, 60).awaitTokens(5);

    TestEngine.await(() -> engine.client.status().counter("rank-deaths") >= 1);
    TestEngine.await(() -> engine.client.status().rankIncarnation() >= 2);
    assertEquals(1, engine.client.status().epoch());
  }

  @Test
  void aRankWithOtherNumericsIsRefused() {
    start(TestKits.settings(), Mode.OTHER_NUMERICS);

    EngineStatus status = engine.client.whenStarted().toCompletableFuture().join();

    assertEquals(Phase.FAILED, status.phase());
    assertEquals(
        "the rank has another numerics fingerprint: expected hash/1, found hash/2",
        status.detail());
  }

  @Test
  void aRankThatCannotBeLoadedFailsTheEngineWithItsReason() {
    start(TestKits.settings(), Mode.REFUSES);

    EngineStatus status = engine.client.whenStarted().toCompletableFuture().join();

    assertEquals(Phase.FAILED, status.phase());
    assertEquals(
        "rank 0 died (exit code 78): cannot load the rank: no weights here", status.detail());
  }

  @Test
  void signalsOfTheTerminalDoNotEndARank() {
    start();
    ProcessHandle rank = ranks().getFirst();
    rank.destroy();
    engine.submit("after", 20, 30).assertWhole();

    assertTrue(rank.isAlive());
    assertEquals(0, engine.client.status().counter("rank-deaths"));
  }

  @Test
  void anOrphanedRankEndsAndTakesTheRunDirectoryWithIt() throws Exception {
    List<String> command = new ArrayList<>(HashRankMain.javaCommand());
    command.addAll(List.of(FrontMain.class.getName(), runParent.toString()));
    Process front = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (BufferedReader output = front.inputReader()) {
      ProcessHandle rank = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertTrue(rank.isAlive());
      assertEquals(1, runDirectories().size());

      front.destroyForcibly();

      assertTrue(front.waitFor(10, TimeUnit.SECONDS));
      TestEngine.await(() -> !rank.isAlive());
      assertEquals(List.of(), runDirectories());
    } finally {
      front.destroyForcibly();
    }
  }

  private void killRank() {
    ProcessHandle rank = ranks().getFirst();
    assertTrue(rank.destroyForcibly());
    TestEngine.await(() -> !rank.isAlive());
  }

  private static List<ProcessHandle> ranks() {
    return ProcessHandle.current()
        .children()
        // The system does not tell long command lines, so the arguments cannot be looked at.
        .filter(each ->
            each.info().command().map(command -> command.endsWith("java")).orElse(false))
        .toList();
  }

  private List<Path> runDirectories() {
    try (var files = Files.list(runParent)) {
      return files.toList();
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }
}
