package io.souffleur.scheduler;

import static io.souffleur.scheduler.EngineFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Plans are computed by hand: pages of 4 tokens, see {@link EngineFixture} for their words. */
class SchedulingTest {
  private static final SchedulingSettings GREEDY = SchedulingSettings.DEFAULT.conservativeness(0);

  private static SchedulingSettings priorities(boolean lowFirst, int threshold) {
    return GREEDY.priority(new PrioritySettings(
        true, lowFirst, OptionalInt.of(threshold), OptionalInt.empty(), false));
  }

  private static OptionalInt priority(int value) {
    return OptionalInt.of(value);
  }

  // ---- long prompts ----

  @Test
  void aNewcomerWaitsForNoMoreThanOneChunkOfALongPrompt() {
    var engine = new EngineFixture(settings(64, 3, 4), 16);
    engine.submit("long", 20, 2);
    assertEquals("+0 0@0 0@1 0@2 0@3 0@4 0@5 0[0,4)-1>0", engine.step());
    engine.submit("short", 3, 2);

    assertEquals("+1 1@6 0[4,5)0>1 1[0,3)-1>2!", engine.finish(-1));
  }

  @Test
  void aLongPromptAndDecodeShareEveryStep() {
    var engine = new EngineFixture(settings(64, 2, 4), 16);
    engine.submit("talker", 2, 9);
    engine.step();
    engine.submit("long", 10, 2);

    assertEquals("+1 1@1 1@2 1@3 0[2,3)0>1! 1[0,4)-1>2", engine.finish(11));
    assertEquals("0[3,4)1>0! 1[4,8)2>3", engine.finish(12, -1));
    assertEquals("0@4 0[4,5)0>1! 1[8,10)3>2!", engine.finish(13, -1));
  }

  @Test
  void twoLongPromptsTakeTurns() {
    var engine = new EngineFixture(settings(64, 2, 4), 16);
    engine.submit("a", 10, 2);
    engine.submit("b", 10, 2);

    assertTrue(engine.step().endsWith(" 0[0,4)-1>0"));
    assertEquals("1[0,4)-1>2", engine.finish(-1));
    assertEquals("0[4,8)0>1", engine.finish(-1));
    assertEquals("1[4,8)2>3", engine.finish(-1));
    assertEquals("0[8,10)1>0! 1[8,10)3>2!", engine.finish(-1));
  }

  @Test
  void shortPromptsThatKeepComingDoNotStarveALongOne() {
    var engine = new EngineFixture(settings(64, 2, 4), 32);
    RecordingSink sink = engine.submit("long", 21, 1);
    engine.step();
    for (int i = 0; i < 12 && sink.events.size() < 2; i++) {
      engine.submit("short" + i, 4, 1);
      engine.finishAll(50);
    }

    assertEquals(List.of("accepted", "token 50", "finished LENGTH stop -1 of 21+1"), sink.events);
  }

  // ---- memory for answers ----

  @Test
  void admitsOnlyWhatTheExpectedAnswersLeaveRoomFor() {
    var engine = new EngineFixture(settings(64, 3, 16, SchedulingSettings.DEFAULT), 5);
    engine.submit("a", 3, 10);
    engine.submit("b", 3, 10);

    // a: 3 + 0.7 · 10 = 10 positions, 3 pages; b the same: 6 > 5
    assertEquals("+0 0@0 0[0,3)-1>0!", engine.step());
    assertEquals(1, engine.counters().waiting());
  }

  @Test
  void admitsTogetherWhatIsExpectedToFit() {
    var engine = new EngineFixture(settings(64, 3, 16, SchedulingSettings.DEFAULT), 6);
    engine.submit("a", 3, 10);
    engine.submit("b", 3, 10);

    assertEquals("+0 +1 0@0 1@1 0[0,3)-1>0! 1[0,3)-1>2!", engine.step());
  }

  @Test
  void admitsMoreWhenLessConservative() {
    var engine =
        new EngineFixture(settings(64, 3, 16, SchedulingSettings.DEFAULT.conservativeness(0.5)), 4);
    engine.submit("a", 3, 10);
    engine.submit("b", 3, 10);

    // 3 + 0.35 · 10 = 7 positions, 2 pages each
    assertEquals("+0 +1 0@0 1@1 0[0,3)-1>0! 1[0,3)-1>2!", engine.step());
  }

  @Test
  void admitsWhoIsAloneWhateverTheEstimate() {
    var engine = new EngineFixture(settings(64, 3, 16, SchedulingSettings.DEFAULT), 1);
    engine.submit("a", 3, 50);

    assertEquals("+0 0@0 0[0,3)-1>0!", engine.step());
  }

  @Test
  void theEstimateFallsInSixHundredStepsAndRisesAtARetraction() {
    var estimate = new OutputEstimate(1);
    assertEquals(0.7, estimate.ratio(), 1e-12);
    IntStream.range(0, 300).forEach(step -> estimate.stepDone());
    assertEquals(0.7 * (1 + 0.14) / 2, estimate.ratio(), 1e-9);
    IntStream.range(0, 500).forEach(step -> estimate.stepDone());
    assertEquals(0.098, estimate.ratio(), 1e-9);

    var queue = new RunQueue(1);
    queue.arrive(new Sequence(
        new Ticket(EngineFixture.request("a", 4, 100), new RecordingSink()),
        104,
        new Standing(0, 0, 0)));
    queue.start(queue.firstWaiting());
    estimate.retracted(queue);
    assertEquals(0.2, estimate.ratio(), 1e-12);

    estimate.reset();
    assertEquals(0.7, estimate.ratio(), 1e-12);
    assertEquals(1, new OutputEstimate(9).ratio());
    assertEquals(0, new OutputEstimate(0).ratio());
  }

  @Test
  void expectsNoAnswerBeyondTheCapOfTheEstimate() {
    var sequence = new Sequence(
        new Ticket(EngineFixture.request("a", 4, 100_000), new RecordingSink()),
        100_004,
        new Standing(0, 0, 0));

    assertEquals(4 + 2868, new OutputEstimate(1).computedAtEnd(sequence));
  }

  // ---- order of service ----

  private static List<String> orderOfEnds(EngineFixture engine, RecordingSink... sinks) {
    var ends = new java.util.ArrayList<String>();
    engine.step();
    for (int i = 0; i < 50 && ends.size() < sinks.length; i++) {
      engine.finishAll(50);
      for (int s = 0; s < sinks.length; s++) {
        String name = Character.toString('a' + s);
        if (sinks[s].last().startsWith("finished") && !ends.contains(name)) {
          ends.add(name);
        }
      }
    }
    return ends;
  }

  @Test
  void servesInOrderOfArrival() {
    var engine = new EngineFixture(settings(64, 1, 16), 16);

    assertEquals(
        List.of("a", "b", "c"),
        orderOfEnds(
            engine, engine.submit("a", 3, 1), engine.submit("b", 3, 5), engine.submit("c", 3, 2)));
  }

  @Test
  void servesTheLongestAnswerFirst() {
    var engine = new EngineFixture(settings(64, 1, 16, GREEDY.policy(SchedulePolicy.LOF)), 16);

    assertEquals(
        List.of("b", "c", "a"),
        orderOfEnds(
            engine, engine.submit("a", 3, 1), engine.submit("b", 3, 5), engine.submit("c", 3, 2)));
  }

  @Test
  void servesByLotTheSameWayForTheSameSeed() {
    List<List<String>> orders = IntStream.range(0, 8)
        .mapToObj(run -> {
          var scheduling =
              new SchedulingSettings(SchedulePolicy.RANDOM, run / 2, 0, 16, PrioritySettings.OFF);
          var engine = new EngineFixture(settings(64, 1, 16, scheduling), 16);
          return orderOfEnds(
              engine,
              engine.submit("a", 3, 1),
              engine.submit("b", 3, 1),
              engine.submit("c", 3, 1),
              engine.submit("d", 3, 1));
        })
        .toList();

    for (int run = 0; run < 8; run += 2) {
      assertEquals(orders.get(run), orders.get(run + 1));
    }
    assertTrue(orders.stream().distinct().count() > 1, orders.toString());
  }

  @Test
  void servesLargerPrioritiesFirstAndThoseWithoutLast() {
    var engine = new EngineFixture(settings(64, 1, 16, priorities(false, 10)), 16);

    assertEquals(
        List.of("c", "b", "d", "a"),
        orderOfEnds(
            engine,
            engine.submit("a", 3, 1),
            engine.submit("b", 3, 1, priority(1)),
            engine.submit("c", 3, 1, priority(5)),
            engine.submit("d", 3, 1, priority(1))));
  }

  @Test
  void servesSmallerPrioritiesFirstWhenAskedTo() {
    var engine = new EngineFixture(settings(64, 1, 16, priorities(true, 10)), 16);

    assertEquals(
        List.of("b", "c", "a"),
        orderOfEnds(
            engine,
            engine.submit("a", 3, 1),
            engine.submit("b", 3, 1, priority(-1)),
            engine.submit("c", 3, 1, priority(5))));
  }

  @Test
  void givesRequestsWithoutPriorityTheDefaultOne() {
    var defaults = new PrioritySettings(true, false, OptionalInt.empty(), OptionalInt.of(3), false);
    var engine = new EngineFixture(settings(64, 1, 16, GREEDY.priority(defaults)), 16);

    assertEquals(
        List.of("c", "a", "b"),
        orderOfEnds(
            engine,
            engine.submit("a", 3, 1),
            engine.submit("b", 3, 1, priority(2)),
            engine.submit("c", 3, 1, priority(4))));
  }

  @Test
  void ignoresPrioritiesWhileTheyAreOff() {
    var engine = new EngineFixture(settings(64, 1, 16), 16);

    assertEquals(
        List.of("a", "b"),
        orderOfEnds(engine, engine.submit("a", 3, 1), engine.submit("b", 3, 1, priority(9))));
  }

  @Test
  void refusesPrioritiesWhileTheyAreOffWhenAskedTo() {
    var refusing =
        new PrioritySettings(false, false, OptionalInt.empty(), OptionalInt.empty(), true);
    var engine = new EngineFixture(settings(64, 1, 16, GREEDY.priority(refusing)), 16);
    var request = new GenerationRequest(
        new RequestId("a"),
        new int[] {1},
        new int[0],
        SamplingSpec.GREEDY,
        1,
        new int[0],
        priority(4));

    var refusal = engine.loop.inbox().submit(request, new RecordingSink()).orElseThrow();

    assertEquals(RejectReason.PRIORITY_OFF, refusal.reason());
    assertEquals(
        "the request has priority 4, but priority scheduling is off (--enable-priority-scheduling)",
        refusal.detail());
  }

  // ---- preemption by priority ----

  @Test
  void takesTheSeatOfAMuchLessUrgentOne() {
    var engine = new EngineFixture(settings(64, 1, 16, priorities(false, 10)), 16);
    RecordingSink low = engine.submit("low", 3, 3, priority(0));
    engine.step();
    RecordingSink high = engine.submit("high", 2, 1, priority(11));

    assertEquals("-0 +0 0@0 0[0,2)-1>0!", engine.finish(11));
    assertEquals("-0 +0 0@0 0@1 0[0,4)-1>0!", engine.finish(21));
    engine.finish(12);
    engine.finish(13);

    assertEquals(List.of("accepted", "token 21", "finished LENGTH stop -1 of 2+1"), high.events);
    assertEquals(
        List.of("accepted", "token 11", "token 12", "token 13", "finished LENGTH stop -1 of 3+3"),
        low.events);
    assertEquals(1, engine.counters().preemptions());
  }

  @Test
  void waitsWhenTheDifferenceIsOnlyTheThreshold() {
    var engine = new EngineFixture(settings(64, 1, 16, priorities(false, 10)), 16);
    engine.submit("low", 3, 3, priority(0));
    engine.step();
    engine.submit("high", 2, 1, priority(10));

    assertEquals("0[3,4)0>1!", engine.finish(11));
    assertEquals(0, engine.counters().preemptions());
  }

  @Test
  void takesPagesFromAsManyAsNeededAndNobodyWhenThatIsNotEnough() {
    var engine = new EngineFixture(settings(64, 4, 32, priorities(false, 0)), 4);
    engine.submit("firm", 3, 9, priority(9));
    engine.submit("low", 3, 9, priority(0));
    engine.submit("lower", 3, 9, priority(-1));
    engine.step();
    engine.submit("large", 14, 1, priority(5));
    assertEquals("0[3,4)0>1! 1[3,4)2>3! 2[3,4)4>5!", engine.finish(11, 21, 31));
    assertEquals(0, engine.counters().preemptions());

    engine.loop.inbox().abort(new RequestId("large"));
    engine.submit("fits", 9, 1, priority(5));
    // firm grows to 2 pages, which leaves 2 for the others: less than the 3 that fits needs
    engine.finish(12, 22, 32);
    assertEquals(4, engine.counters().pagesUsed());
    assertTrue(engine.counters().preemptions() > 0);
  }

  // ---- settings ----

  @Test
  void refusesSettingsThatContradictEachOther() {
    var on = new PrioritySettings(true, false, OptionalInt.empty(), OptionalInt.empty(), false);

    assertEquals(
        "schedule-policy must be fcfs or lof with priority scheduling, got random",
        assertThrows(
                IllegalArgumentException.class,
                () -> GREEDY.policy(SchedulePolicy.RANDOM).priority(on))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> GREEDY.conservativeness(-1));
    assertThrows(IllegalArgumentException.class, () -> GREEDY.conservativeness(Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SchedulingSettings(SchedulePolicy.FCFS, 0, 1, 0, PrioritySettings.OFF));
  }

  @Test
  void answersAFullQueueWhileAStepRuns() {
    var engine = new EngineFixture(settings(64, 1, 16), 16);
    engine.submit("running", 3, 9);
    engine.step();
    for (int i = 0; i < 8; i++) {
      engine.submit("w" + i, 3, 1);
    }

    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      var refusal = engine.trySubmit("n" + i, 3, 1, new RecordingSink());
      assertEquals(RejectReason.QUEUE_FULL, refusal.orElseThrow().reason());
    }
    long meanNanos = (System.nanoTime() - start) / 1_000;

    assertTrue(meanNanos < 50_000_000, meanNanos + " ns");
    assertTrue(engine.counters().stepInFlight());
    engine.checkConservation();
  }

  private static EngineFixture full(boolean priorities) {
    var priority =
        new PrioritySettings(priorities, false, OptionalInt.of(10), OptionalInt.of(0), false);
    var scheduling = SchedulingSettings.DEFAULT.conservativeness(0).priority(priority);
    return new EngineFixture(new EngineSettings(64, 1, 16, 3, 1_000, scheduling), 16);
  }

  @Test
  void aMoreUrgentNewcomerTakesThePlaceOfTheYoungestOfTheLeastUrgent() {
    var engine = full(true);
    engine.submit("running", 3, 9, OptionalInt.of(1));
    engine.step();
    RecordingSink old = engine.submit("old", 3, 1, OptionalInt.of(1));
    RecordingSink urgent = engine.submit("urgent", 3, 1, OptionalInt.of(2));
    RecordingSink young = engine.submit("young", 3, 1, OptionalInt.of(1));

    RecordingSink newcomer = engine.submit("newcomer", 3, 1, OptionalInt.of(3));
    engine.step();

    assertEquals("finished DISPLACED stop -1 of 3+0", young.last());
    assertEquals("accepted", old.last());
    assertEquals("accepted", urgent.last());
    assertEquals("accepted", newcomer.last());
    assertEquals(3, engine.loop.inbox().waitingRequests());
    assertEquals(1, engine.counters().failed());
  }

  @Test
  void whoIsNotMoreUrgentFindsTheQueueFull() {
    for (boolean priorities : new boolean[] {true, false}) {
      var engine = full(priorities);
      for (int i = 0; i < 3; i++) {
        engine.submit("w" + i, 3, 1, OptionalInt.of(2));
      }

      var sink = new RecordingSink();
      var refusal = engine.trySubmit("equal", 3, 1, sink);

      assertEquals(RejectReason.QUEUE_FULL, refusal.orElseThrow().reason());
      assertEquals(3, engine.loop.inbox().waitingRequests());
    }
  }

  @Test
  void whoHasRunIsNotDisplaced() {
    var engine = full(true);
    RecordingSink running = engine.submit("running", 3, 9, OptionalInt.of(0));
    engine.step();
    for (int i = 0; i < 6; i++) {
      engine.submit("w" + i, 3, 1, OptionalInt.of(10 + i));
    }
    engine.step();

    assertEquals("accepted", running.last());
    assertEquals(3, engine.loop.inbox().waitingRequests());
    assertEquals(3, engine.counters().failed());
  }

  private static Sequence sequence(int prompt, int generated, Standing standing) {
    GenerationRequest plain = EngineFixture.request("r" + standing.arrival(), prompt, 20);
    var request = new GenerationRequest(
        plain.id(),
        plain.promptTokens(),
        new int[generated],
        plain.sampling(),
        plain.maxNewTokens(),
        plain.stopTokens());
    return new Sequence(new Ticket(request, new RecordingSink()), 40, standing);
  }

  @Test
  void whoGivesWayIsTheLastInOrderOrTheShortestOrTheLeastUrgent() {
    Sequence shortest = sequence(4, 0, new Standing(0, 0, 0));
    Sequence urgent = sequence(9, 0, new Standing(5, 0, 1));
    Sequence last = sequence(9, 2, new Standing(0, 0, 2));
    var queue = new RunQueue(3);
    for (Sequence each : List.of(shortest, urgent, last)) {
      queue.arrive(each);
      queue.start(each);
    }

    assertEquals(last, queue.firstToGo(RetractionPolicy.ORDER));
    assertEquals(urgent, queue.firstToGo(RetractionPolicy.LENGTH));
    assertEquals(shortest, queue.firstToGo(RetractionPolicy.PRIORITY));
    assertThrows(
        IllegalArgumentException.class, () -> GREEDY.retraction(RetractionPolicy.PRIORITY));
  }
}
