package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The router with probes for schedulers and owners. */
class ReplicaRouterTest {
  private static final ActorTestKit KIT = TestKits.create("router");

  private final TestProbe<SchedulerActor.Command> scheduler =
      KIT.createTestProbe(SchedulerActor.Command.class);
  private final TestProbe<SchedulerActor.Command> next =
      KIT.createTestProbe(SchedulerActor.Command.class);
  private final TestProbe<GenerationEvent> owner = KIT.createTestProbe(GenerationEvent.class);
  private ActorRef<ReplicaRouter.Command> router = router(4, Duration.ofSeconds(20));

  private static ActorRef<ReplicaRouter.Command> router(int waitingMax, Duration patience) {
    return KIT.spawn(
        ReplicaRouter.create(new ActorsSettings.Router(waitingMax, patience), new EngineBoard()));
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void refusesWhileNoReplicaEverServed() {
    submit("early");
    assertEquals(
        RejectReason.NOT_READY, owner.expectMessageClass(Rejected.class).reason());
  }

  @Test
  void whatADeadReplicaNeverSawIsGivenToTheNextOne() {
    router.tell(new ReplicaRouter.ReplicaUp(1, scheduler.getRef()));
    submit("a");
    submit("b");
    scheduler.expectMessageClass(SchedulerActor.Submit.class);
    scheduler.expectMessageClass(SchedulerActor.Submit.class);
    router.tell(new ReplicaRouter.Ended(new RequestId("a"), 1));

    router.tell(new ReplicaRouter.ReplicaDown(1));
    submit("c");
    router.tell(new ReplicaRouter.ReplicaUp(2, next.getRef()));

    assertEquals("b", submitted(next));
    assertEquals("c", submitted(next));
    owner.expectNoMessage(Duration.ZERO);
  }

  @Test
  void anEndOfAnOldEpochDoesNotEndTheRequestOfTheNewOne() {
    router.tell(new ReplicaRouter.ReplicaUp(1, scheduler.getRef()));
    submit("a");
    router.tell(new ReplicaRouter.ReplicaDown(1));
    router.tell(new ReplicaRouter.ReplicaUp(2, next.getRef()));
    router.tell(new ReplicaRouter.Ended(new RequestId("a"), 1));
    submit("a");

    assertEquals(
        RejectReason.DUPLICATE_ID, owner.expectMessageClass(Rejected.class).reason());
    router.tell(new ReplicaRouter.ReplicaDown(1));
    submit("b");
    assertEquals("a", submitted(next));
    assertEquals("b", submitted(next));
  }

  @Test
  void keepsABoundedNumberWhileTheReplicaIsRebuilt() {
    down();
    for (int i = 0; i < 5; i++) {
      submit("w" + i);
    }

    Rejected rejected = owner.expectMessageClass(Rejected.class);
    assertEquals("w4", rejected.id().value());
    assertEquals(RejectReason.NOT_READY, rejected.reason());
    assertEquals(
        "the engine is being rebuilt and 4 requests wait for it already", rejected.detail());
  }

  @Test
  void refusesThoseWhoWaitWhenPatienceIsOver() {
    router = router(4, Duration.ofMillis(50));
    down();
    submit("patient");
    assertEquals(
        "the engine was not rebuilt in time",
        owner.expectMessageClass(Rejected.class).detail());
  }

  @Test
  void refusesEverythingWithTheReasonWhenTheEngineIsGivenUp() {
    down();
    submit("waits");
    router.tell(new ReplicaRouter.GivenUp("no weights"));
    submit("late");

    assertEquals("no weights", owner.expectMessageClass(Rejected.class).detail());
    assertEquals("late", owner.expectMessageClass(Rejected.class).id().value());
  }

  @Test
  void anAbortEndsAWaitingRequestAtOnceAndIsPassedOnForARunningOne() {
    down();
    submit("waits");
    router.tell(new ReplicaRouter.Abort(new RequestId("waits")));
    assertEquals(FinishReason.ABORT, owner.expectMessageClass(Finished.class).reason());

    router.tell(new ReplicaRouter.ReplicaUp(2, next.getRef()));
    submit("runs");
    router.tell(new ReplicaRouter.Abort(new RequestId("runs")));
    assertEquals("runs", submitted(next));
    next.expectMessage(new SchedulerActor.Abort(new RequestId("runs")));
  }

  @Test
  void anOwnerWithTwoRequestsThatStopsHasBothAborted() {
    router.tell(new ReplicaRouter.ReplicaUp(1, scheduler.getRef()));
    submit("one");
    submit("two");
    submitted(scheduler);
    submitted(scheduler);

    owner.stop();

    var first = scheduler.expectMessageClass(SchedulerActor.Abort.class).id().value();
    var second = scheduler.expectMessageClass(SchedulerActor.Abort.class).id().value();
    assertEquals("onetwo", first.compareTo(second) < 0 ? first + second : second + first);
  }

  @Test
  void aRequestOfAnOwnerThatIsGoneIsNotGivenToTheNextReplica() {
    router.tell(new ReplicaRouter.ReplicaUp(1, scheduler.getRef()));
    submit("orphan");
    submitted(scheduler);
    owner.stop();
    scheduler.expectMessageClass(SchedulerActor.Abort.class);

    router.tell(new ReplicaRouter.ReplicaDown(1));
    router.tell(new ReplicaRouter.ReplicaUp(2, next.getRef()));

    next.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void drainingTakesResumedRequestsOnlyAndCompletesWithTheLast() {
    router.tell(new ReplicaRouter.ReplicaUp(1, scheduler.getRef()));
    submit("runs");
    CompletableFuture<Void> drained = new CompletableFuture<>();
    router.tell(new ReplicaRouter.Drain(drained));
    submit("new");
    assertEquals(RejectReason.DRAINING, owner.expectMessageClass(Rejected.class).reason());
    router.tell(new ReplicaRouter.Ended(new RequestId("runs"), 1));
    drained.orTimeout(10, TimeUnit.SECONDS).join();

    submit("resumed", 7);
    submitted(scheduler);
    assertEquals("resumed", submitted(scheduler));
    CompletableFuture<Void> again = new CompletableFuture<>();
    router.tell(new ReplicaRouter.Drain(again));
    assertFalse(again.isDone());
    router.tell(new ReplicaRouter.Ended(new RequestId("resumed"), 1));
    again.orTimeout(10, TimeUnit.SECONDS).join();
    assertTrue(again.isDone());
  }

  private void down() {
    router.tell(new ReplicaRouter.ReplicaUp(1, scheduler.getRef()));
    router.tell(new ReplicaRouter.ReplicaDown(1));
  }

  private void submit(String id, int... generated) {
    GenerationRequest request = new GenerationRequest(
        new RequestId(id), new int[] {1}, generated, SamplingSpec.GREEDY, 20, new int[0]);
    router.tell(new ReplicaRouter.Submit(request, owner.getRef()));
  }

  private static String submitted(TestProbe<SchedulerActor.Command> probe) {
    return probe.expectMessageClass(SchedulerActor.Submit.class).request().id().value();
  }
}
