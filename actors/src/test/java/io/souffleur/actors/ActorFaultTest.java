package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.FaultScript.Deed;
import io.souffleur.actors.FaultScript.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each actor of a replica is killed while a step is in flight for certain: the rank is stopped in the
 * middle of it. The replica is rebuilt under the next epoch, and nobody loses a token or a page.
 */
class ActorFaultTest {
  private static final ActorTestKit KIT = TestKits.create("actor-faults");
  private static final int JOBS = 60;

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "engine/transport/replica-0/shard-r0",
        "engine/transport/replica-0/kv-cache",
        "engine/transport/replica-0/mamba-cache",
        "engine/transport/replica-0/scheduler",
        "engine/transport"
      })
  void anActorThatIsKilledMidStepCostsAnEpochAndNoToken(String victim) {
    engine = new TestEngine(
            KIT,
            TestKits.settings(Duration.ofMinutes(5), 0),
            FaultyRankMain.supply(
                runParent, FaultScript.of(FaultScript.once(1, Moment.DECODE, Deed.STOP))))
        .started();
    String name = victim.replace('/', '-');
    List<TestEngine.Stream> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      streams.add(engine.submit(name + i, 20 + 60 * i, 60));
    }
    ProcessHandle rank = FaultyRankMain.alive().getFirst();
    TestEngine.await(() -> isStopped(rank));
    assertTrue(engine.client.status().running() > 0);

    engine.kill(victim);

    streams.forEach(TestEngine.Stream::assertWhole);
    EngineStatus status = engine.client.status();
    assertEquals(2, status.epoch());
    assertEquals(1, status.counter("replica-rebuilds"));
    assertEquals(0, status.counter("rank-deaths"));
    streams.forEach(stream -> assertEquals(1, stream.timesLost));
    assertTrue(!rank.isAlive());
    engine.assertNothingLeaks();
  }

  private static boolean isStopped(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.substring(stat.lastIndexOf(')')).startsWith(") T");
    } catch (IOException gone) {
      return false;
    }
  }

  /** Between two jobs, with the next one in the mailbox or none: whoever asked gets one answer. */
  @Test
  void promptWorkersThatAreKilledAreReplacedAndEveryJobIsAnsweredOnce() {
    ActorRef<PromptDesk.Command> desk = KIT.spawn(PromptDesk.create(
        new ActorsSettings.Prompt(2, JOBS), new PromptPreparer(FakeText.assets(), FakeText.CARD)));
    TestProbe<PromptReply> probe = KIT.createTestProbe(PromptReply.class);
    var workers = Adapter.toClassic(KIT.system())
        .actorSelection(desk.path().toStringWithoutAddress() + "/worker-*");

    for (int i = 0; i < JOBS; i++) {
      desk.tell(new PromptDesk.Prepare(new PromptJob.Text("job " + i), probe.getRef()));
      if (i % 5 == 0) {
        workers.tell(Kill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
      }
    }

    int prepared = 0;
    for (int i = 0; i < JOBS; i++) {
      PromptReply reply = probe.receiveMessage();
      prepared += reply instanceof PromptReply.Prepared ? 1 : 0;
      assertTrue(
          reply instanceof PromptReply.Prepared || reply instanceof PromptReply.WorkerFailed,
          reply.toString());
    }
    assertTrue(prepared > 0);
    probe.expectNoMessage(Duration.ZERO);
    desk.tell(new PromptDesk.Prepare(new PromptJob.Text("after"), probe.getRef()));
    probe.expectMessageClass(PromptReply.Prepared.class);
  }
}
