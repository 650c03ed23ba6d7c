package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.EngineStatus.Phase;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An engine whose rank is the loop's own thread. */
class ThreadEngineTest {
  private static final ActorTestKit KIT = TestKits.create("threads");

  private final LocalHash rank = new LocalHash(TestEngine.CAPACITY);
  private TestEngine engine;

  @AfterEach
  void stop() {
    rank.permits.release(1_000_000);
    if (engine != null) {
      engine.stop();
    }
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private void start() {
    start(TestKits.settings());
  }

  private void start(ActorsSettings settings) {
    engine = new TestEngine(KIT, settings, new ReplicaParts.InThread(rank)).started();
  }

  @Test
  void streamsTheModelsTokensToTheirOwners() {
    start();
    var streams = IntStream.range(0, 4)
        .mapToObj(i -> engine.submit("s" + i, 10 + 30 * i, 40))
        .toList();

    streams.forEach(TestEngine.Stream::assertWhole);

    engine.assertNothingLeaks();
    assertEquals(4, engine.client.status().counter("requests-completed"));
    assertEquals(160, engine.client.status().counter("tokens-generated"));
  }

  @Test
  void aKernelThatThrowsCostsAPauseAndAnEpochButNoToken() {
    start();
    rank.permits.drainPermits();
    var streams = IntStream.range(0, 3)
        .mapToObj(i -> engine.submit("k" + i, 20 + 20 * i, 30))
        .toList();
    rank.permits.release(12);
    streams.getFirst().awaitTokens(5);
    rank.failNext.set(true);
    rank.permits.release(1_000_000);

    streams.forEach(TestEngine.Stream::assertWhole);

    assertEquals(2, engine.client.status().epoch());
    assertEquals(1, streams.getFirst().timesLost);
    assertEquals(1, engine.client.status().counter("replica-rebuilds"));
    assertEquals(2, rank.opened.get());
    assertEquals(1, rank.closed.get());
    assertEquals(1, rank.released.get());
    engine.assertNothingLeaks();
  }

  @Test
  void killingTheSchedulerActorOrTheSupervisorLosesNoStream() {
    start();
    for (String victim :
        new String[] {"engine/replica-0/scheduler", "engine/replica-0/scheduler"}) {
      long epoch = engine.client.status().epoch();
      rank.permits.drainPermits();
      var stream = engine.submit("victim-" + epoch, 50, 60);
      rank.permits.release(20);
      stream.awaitTokens(10);

      engine.kill(victim);
      rank.permits.release(1_000_000);

      stream.assertWhole();
      engine.awaitReady(epoch + 1);
    }
    engine.assertNothingLeaks();
  }

  @Test
  void refusesWithQueueFullWhenTheInboxIsFull() {
    engine = new TestEngine(
            KIT,
            TestKits.settings(),
            new ReplicaParts(
                TestEngine.limits(4),
                HashModel.LAYOUT,
                TestEngine.CAPACITY,
                new ReplicaParts.InThread(rank)))
        .started();
    rank.permits.drainPermits();
    var first = engine.submit("first", 10, 3);
    TestEngine.await(
        () -> engine.client.status().running() == 1 || rank.permits.hasQueuedThreads());
    var waiting =
        IntStream.range(0, 4).mapToObj(i -> engine.submit("w" + i, 10, 3)).toList();

    var refused = engine.submit("refused", 10, 3).expectRejected();

    assertEquals(RejectReason.QUEUE_FULL, refused.reason());
    rank.permits.release(1_000_000);
    first.assertWhole();
    waiting.forEach(TestEngine.Stream::assertWhole);
    engine.submit("later", 10, 3).assertWhole();
  }

  @Test
  void refusesTheSameIdTwiceAndTakesItAgainAfterItsEnd() {
    start();
    rank.permits.drainPermits();
    var first = engine.submit("twin", 10, 3);
    assertEquals(
        RejectReason.DUPLICATE_ID, engine.submit("twin", 10, 3).expectRejected().reason());
    rank.permits.release(1_000_000);
    first.assertWhole();
    engine.submit("twin", 10, 3).assertWhole();
  }

  @Test
  void refusesWhatNeverFits() {
    start();
    assertEquals(
        RejectReason.TOO_LONG, engine.submit("long", 1_000, 1).expectRejected().reason());
    engine.submit("long", 10, 1).assertWhole();
  }

  @Test
  void anAbortEndsTheStreamAndFreesEverything() {
    start();
    rank.permits.drainPermits();
    var stream = engine.submit("abort", 20, 500);
    rank.permits.release(10);
    stream.awaitTokens(3);

    engine.client.abort(stream.id);
    engine.client.abort(new RequestId("unknown"));
    rank.permits.release(1_000_000);

    assertEquals(FinishReason.ABORT, stream.finish().reason());
    engine.client.abort(stream.id);
    engine.assertNothingLeaks();
  }

  @Test
  void anOwnerThatStopsHasItsRequestAborted() {
    start();
    rank.permits.drainPermits();
    var stream = engine.submit("gone", 20, 900);
    rank.permits.release(10);
    stream.awaitTokens(3);

    stream.probe.stop();
    TestEngine.await(() -> {
      rank.permits.release(1);
      return engine.client.status().counter("requests-cancelled") == 1;
    });

    rank.permits.release(1_000_000);
    engine.assertNothingLeaks();
  }

  @Test
  void drainingRefusesNewRequestsAndWaitsForTheRunningOnes() {
    start();
    rank.permits.drainPermits();
    var stream = engine.submit("last", 20, 10);
    rank.permits.release(4);
    stream.awaitTokens(2);

    CompletableFuture<Void> drained = engine.client.drain().toCompletableFuture();
    assertEquals(
        RejectReason.DRAINING, engine.submit("new", 5, 5).expectRejected().reason());
    assertEquals(Phase.DRAINING, engine.client.status().phase());
    assertFalse(drained.isDone());
    rank.permits.release(1_000_000);

    stream.assertWhole();
    drained.orTimeout(10, TimeUnit.SECONDS).join();
    assertTrue(engine.client.status().live());
    assertFalse(engine.client.status().ready());
  }

  @Test
  void aModelThatCannotBeLoadedFailsTheEngineWithItsReason() {
    engine = new TestEngine(KIT, TestKits.settings(), new ReplicaParts.InThread(epoch -> {
      throw new IOException("model.safetensors is missing");
    }));

    EngineStatus status = engine.client.whenStarted().toCompletableFuture().join();

    assertEquals(Phase.FAILED, status.phase());
    assertEquals("cannot load the model: model.safetensors is missing", status.detail());
    TestEngine.await(
        () -> engine.submit("x", 5, 5).expectRejected().reason() == RejectReason.NOT_READY);
  }

  @Test
  void aReplicaThatDiesTooOftenIsGivenUp() {
    start();
    for (int i = 0; i < 4; i++) {
      long epoch = engine.client.status().epoch();
      engine.kill("engine/replica-0/scheduler");
      TestEngine.await(() ->
          engine.client.status().epoch() > epoch || !engine.client.status().live());
      TestEngine.await(
          () -> engine.client.status().ready() || !engine.client.status().live());
    }

    assertEquals(Phase.FAILED, engine.client.status().phase());
    assertEquals(4, engine.client.status().epoch());
    assertTrue(engine.client.status().detail().contains("scheduler failed"));
  }

  @Test
  void aLoopThatHangsIsReportedAsStuckInsteadOfBeingReplaced() throws InterruptedException {
    ActorsSettings usual = TestKits.settings(Duration.ofMillis(300), 3);
    ActorsSettings.Replica replica = usual.replica();
    start(new ActorsSettings(
        usual.prompt(),
        usual.rank(),
        new ActorsSettings.Replica(
            replica.backoffMin(),
            replica.backoffMax(),
            replica.rebuildsMax(),
            replica.rebuildWindow(),
            replica.stallTimeout(),
            Duration.ofMillis(300)),
        usual.router()));
    rank.permits.drainPermits();
    engine.submit("hang", 10, 3);

    assertEquals("engine-0", engine.stuckThreads.poll(20, TimeUnit.SECONDS));
  }
}
