package io.souffleur.scheduler;

import static io.souffleur.scheduler.EngineFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.step.StepResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineLoopTest {
  @Test
  void streamsTokensUntilTheLimit() {
    var engine = new EngineFixture(settings(64, 2, 16), 8);
    RecordingSink sink = engine.submit("a", 3, 2);

    assertEquals("+0 0@0 0[0,3)-1>0!", engine.step());
    assertEquals("0[3,4)0>1!", engine.finish(11));
    assertEquals("none", engine.finish(12));

    assertEquals(
        List.of("accepted", "token 11", "token 12", "finished LENGTH stop -1 of 3+2"), sink.events);
    assertEquals(0, engine.counters().pagesUsed());
    assertEquals(1, engine.counters().completed());
    assertEquals(2, engine.counters().tokensGenerated());
  }

  @Test
  void reportsAStopTokenWithoutStreamingIt() {
    var engine = new EngineFixture(settings(64, 2, 16), 8);
    RecordingSink sink = engine.submit("a", 3, 9, 5, 6);
    engine.step();

    engine.finish(11);
    engine.finish(6);

    assertEquals(List.of("accepted", "token 11", "finished STOP stop 6 of 3+2"), sink.events);
  }

  @Test
  void endsAtTheContextLength() {
    var engine = new EngineFixture(settings(5, 2, 16), 8);
    RecordingSink sink = engine.submit("a", 3, 9);
    engine.step();

    engine.finish(11);
    engine.finish(12);

    assertEquals("finished LENGTH stop -1 of 3+2", sink.last());
  }

  @Test
  void endsWhenEvenTheWholePoolIsFull() {
    var engine = new EngineFixture(settings(64, 1, 16), 1);
    RecordingSink sink = engine.submit("a", 3, 9);
    engine.step();

    engine.finish(11);
    engine.finish(12);

    assertEquals("finished LENGTH stop -1 of 3+2", sink.last());
  }

  @Test
  void failsOnlyTheRequestWhoseNumbersAreNotFinite() {
    var engine = new EngineFixture(settings(64, 2, 16), 8);
    RecordingSink sick = engine.submit("a", 2, 9);
    RecordingSink healthy = engine.submit("b", 2, 9);
    engine.step();

    String next = engine.finish(StepResult.NOT_FINITE, 12);

    assertEquals("finished NOT_FINITE stop -1 of 2+0", sick.last());
    assertEquals("token 12", healthy.last());
    assertEquals("-0 1[2,3)2>3!", next);
    assertEquals(1, engine.counters().failed());
  }

  @Test
  void decodesBeforeItPrefillsAndCutsPromptsIntoChunks() {
    var engine = new EngineFixture(settings(64, 3, 4), 16);
    engine.submit("a", 2, 9);
    assertEquals("+0 0@0 0[0,2)-1>0!", engine.step());
    engine.submit("b", 6, 9);
    engine.submit("c", 3, 9);

    assertEquals("+1 +2 1@1 1@2 2@3 0[2,3)0>1! 1[0,4)-1>2", engine.finish(11));
    assertEquals("0[3,4)1>0! 1[4,5)2>3 2[0,3)-1>4!", engine.finish(12));
  }

  @Test
  void computesPromptsWholeWithoutChunking() {
    var engine = new EngineFixture(settings(10, 2, -1), 16);
    engine.submit("a", 8, 2);
    engine.submit("b", 5, 2);

    assertEquals("+0 +1 0@0 0@1 0@2 1@3 1@4 0[0,8)-1>0! 1[0,5)-1>2!", engine.step());
  }

  @Test
  void computesAsManyWholePromptsAsAPrefillBatchMayHold() {
    var scheduling = new SchedulingSettings(SchedulePolicy.FCFS, 0, 0, 12, PrioritySettings.OFF);
    var engine = new EngineFixture(settings(10, 3, -1, scheduling), 16);
    engine.submit("a", 8, 2);
    engine.submit("b", 5, 2);
    engine.submit("c", 4, 2);

    assertEquals("+0 +1 +2 0@0 0@1 0@2 1@3 1@4 2@5 2@6 0[0,8)-1>0!", engine.step());
    assertEquals("0[8,9)0>1! 1[0,5)-1>2! 2[0,4)-1>4!", engine.finish(11));
  }

  @Test
  void cutsAPromptWithoutChunkingOnlyWhenNoStepCanHoldIt() {
    var policy = new BatchPolicy(4, false);
    var queue = new RunQueue(3);
    int[] promptTokens = {3, 9, 2};
    for (int i = 0; i < promptTokens.length; i++) {
      queue.arrive(new Sequence(
          new Ticket(EngineFixture.request("r", promptTokens[i], 1), new RecordingSink()),
          64,
          new Standing(0, 0, i)));
      queue.start(queue.firstWaiting());
    }

    assertEquals(3, policy.plan(queue, 1));
    assertEquals(0, queue.running(1).plannedRows());
    queue.removeRunning(queue.running(0));
    assertEquals(4, policy.plan(queue, 2));
    assertEquals(4, queue.running(0).plannedRows());
    assertEquals(0, queue.running(1).plannedRows());
  }

  @Test
  void waitsForASeat() {
    var engine = new EngineFixture(settings(64, 1, 16), 16);
    engine.submit("a", 3, 1);
    RecordingSink second = engine.submit("b", 3, 1);
    engine.step();
    assertEquals(List.of("accepted"), second.events);
    assertEquals(1, engine.counters().waiting());

    assertEquals("-0 +0 0@0 0[0,3)-1>0!", engine.finish(11));
  }

  @Test
  void admitsInOrderOfArrivalEvenWhenASmallerOneWouldFit() {
    var engine = new EngineFixture(settings(64, 3, 16), 3);
    engine.submit("a", 3, 6);
    engine.submit("large", 9, 2);
    engine.submit("small", 2, 2);

    assertEquals("+0 0@0 0[0,3)-1>0!", engine.step());
    assertEquals(2, engine.counters().waiting());
  }

  @Test
  void preemptsTheYoungestAndComputesItAgain() {
    var engine = new EngineFixture(settings(64, 2, 16), 2);
    RecordingSink old = engine.submit("a", 3, 3);
    RecordingSink young = engine.submit("b", 3, 3);
    assertEquals("+0 +1 0@0 1@1 0[0,3)-1>0! 1[0,3)-1>2!", engine.step());
    assertEquals("0[3,4)0>1! 1[3,4)2>3!", engine.finish(11, 21));

    assertEquals("-1 0@1 0[4,5)1>0!", engine.finish(12, 22));
    assertEquals("-0 +0 0@0 0@1 0[0,5)-1>0!", engine.finish(13));
    engine.finish(23);

    assertEquals("finished LENGTH stop -1 of 3+3", old.last());
    assertEquals(
        List.of("accepted", "token 21", "token 22", "token 23", "finished LENGTH stop -1 of 3+3"),
        young.events);
    assertEquals(1, engine.counters().preemptions());
    assertEquals(4, engine.counters().rowsDiscarded());
  }

  @Test
  void offersTheStepAgainToANewRankWithEverySeatToldAnew() {
    var engine = new EngineFixture(settings(64, 2, 4), 8);
    RecordingSink sink = engine.submit("a", 2, 9);
    engine.step();
    assertEquals("0[2,3)0>1!", engine.finish(11));
    engine.incarnation = 2;
    engine.ready = false;
    assertEquals("none", engine.step());

    engine.ready = true;
    assertEquals("+0 0@0 0[2,3)0>1!", engine.step());
    assertEquals("0[3,4)1>0!", engine.finish(12));

    assertEquals(List.of("accepted", "token 11", "token 12"), sink.events);
    assertEquals(1, engine.counters().stepsReplayed());
    assertEquals(1, engine.counters().rowsReplayed());
    assertEquals(4, engine.counters().rowsPlanned());
  }

  @Test
  void doesNotCountAReplayWhenNoRankHadTheStep() {
    var engine = new EngineFixture(settings(64, 2, 4), 8);
    engine.refuses = true;
    engine.submit("a", 2, 9);
    assertEquals("none", engine.step());
    engine.refuses = false;
    engine.incarnation = 2;

    assertEquals("+0 0@0 0[0,2)-1>0!", engine.step());
    assertEquals(0, engine.counters().stepsReplayed());
  }

  @Test
  void offersARefusedPlanAgainUnchanged() {
    var engine = new EngineFixture(settings(64, 2, 4), 8);
    engine.refuses = true;
    engine.submit("a", 2, 9);
    assertEquals("none", engine.step());
    engine.refuses = false;

    assertEquals("+0 0@0 0[0,2)-1>0!", engine.step());
    assertEquals("none", engine.step());
  }

  @Test
  void dropsAResultThatBelongsToNoStepInFlight() {
    var engine = new EngineFixture(settings(64, 2, 4), 8);
    RecordingSink sink = engine.submit("a", 2, 9);
    engine.step();
    engine.incarnation = 2;
    engine.step();
    engine.incarnation = 1;
    engine.step();

    assertEquals(2, engine.counters().stepsReplayed());
    engine.finish(11);
    engine.finish(12);
    assertEquals(0, engine.counters().staleResults());

    engine.loop.inbox().abort(EngineFixture.request("a", 2, 9).id());
    engine.finish(13);
    engine.finish(14);
    assertEquals("finished ABORT stop -1 of 2+2", sink.last());
    assertEquals(1, engine.counters().staleResults());
  }

  @Test
  void abortsAWaitingRequestWhileAStepRuns() {
    var engine = new EngineFixture(settings(64, 1, 16), 8);
    engine.submit("a", 3, 9);
    RecordingSink waiting = engine.submit("b", 3, 9);
    engine.step();

    engine.loop.inbox().abort(EngineFixture.request("b", 3, 9).id());
    assertEquals("none", engine.step());

    assertEquals("finished ABORT stop -1 of 3+0", waiting.last());
    assertEquals(0, engine.loop.inbox().waitingRequests());
  }

  @Test
  void abortsARunningRequestAtTheStepBorderAndFreesEverything() {
    var engine = new EngineFixture(settings(64, 1, 2), 8);
    RecordingSink sink = engine.submit("a", 6, 9);
    engine.step();

    engine.loop.inbox().abort(EngineFixture.request("a", 6, 9).id());
    assertEquals("none", engine.step());
    assertEquals(List.of("accepted"), sink.events);
    assertEquals(2, engine.counters().pagesUsed());

    assertEquals("none", engine.finish(StepResult.NO_TOKEN));
    assertEquals("finished ABORT stop -1 of 6+0", sink.last());
    assertEquals(0, engine.counters().pagesUsed());
    assertEquals(0, engine.counters().slotsUsed());
    assertEquals(1, engine.counters().cancelled());
  }

  @Test
  void abortsARequestThatStillLiesInTheInbox() {
    var engine = new EngineFixture(settings(64, 1, 16), 8);
    RecordingSink sink = engine.submit("a", 3, 9);

    engine.loop.inbox().abort(EngineFixture.request("a", 3, 9).id());
    assertEquals("none", engine.step());

    assertEquals(List.of("accepted", "finished ABORT stop -1 of 3+0"), sink.events);
    assertEquals(0, engine.loop.inbox().waitingRequests());
  }

  @Test
  void showsProgressOnlyWhileSomethingMoves() {
    var engine = new EngineFixture(settings(64, 1, 16), 8);
    engine.now = 5_000;
    engine.submit("a", 3, 2);
    engine.step();
    long progress = engine.counters().progress();
    engine.now = 9_000;
    engine.step();

    assertEquals(progress, engine.counters().progress());
    assertTrue(engine.counters().stepInFlight());
    assertEquals(4_000, engine.counters().progressAgeNanos(9_000));
    engine.finish(11);
    assertTrue(engine.counters().progress() > progress);
    engine.finish(12);
    assertFalse(engine.counters().stepInFlight());
    assertEquals(0, engine.counters().progressAgeNanos(99_000));
  }
}
