package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepResult;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of 4 tokens; prompts are 100, 101, … */
class PrefixReuseTest {
  private static final CacheSettings EVERY_8 =
      new CacheSettings(true, StateStrategy.EXTRA_BUFFER, 8);
  private static final CacheSettings ENDS_ONLY =
      new CacheSettings(true, StateStrategy.EXTRA_BUFFER, 1_000);
  private static final CacheSettings IN_PLACE =
      new CacheSettings(true, StateStrategy.NO_BUFFER, 1_000);

  private static EngineFixture engine(CacheSettings cache) {
    return engine(cache, 16);
  }

  private static EngineFixture engine(CacheSettings cache, int chunk) {
    return new EngineFixture(EngineFixture.settings(64, 2, chunk).cache(cache), 16, 12);
  }

  private static int[] prompt(int count, int... suffix) {
    int[] prompt = IntStream.range(100, 100 + count).toArray();
    System.arraycopy(suffix, 0, prompt, count - suffix.length, suffix.length);
    return prompt;
  }

  private static RecordingSink submit(EngineFixture engine, String id, int[] prompt, int... hints) {
    return submit(engine, id, "", prompt, 4, hints);
  }

  private static RecordingSink submit(
      EngineFixture engine, String id, String namespace, int[] prompt, int maxNew, int... hints) {
    var sink = new RecordingSink();
    var request = new GenerationRequest(
        new RequestId(id),
        prompt,
        new int[0],
        SamplingSpec.GREEDY,
        maxNew,
        new int[] {99},
        OptionalInt.empty(),
        namespace,
        hints);
    assertTrue(engine.loop.inbox().submit(request, sink).isEmpty());
    return sink;
  }

  @Test
  void anIdenticalPromptComputesItsLastRowOnly() {
    var engine = engine(ENDS_ONLY);
    submit(engine, "a", prompt(10), 9);
    assertEquals("+0 0@0 0@1 0@2 0[0,10)-1>0! 9:2", engine.step());
    engine.finish(99);

    RecordingSink second = submit(engine, "b", prompt(10), 9);

    assertEquals("-0 +0 0@0 0@1 0@3 2=>3 0[9,10)2>1!", engine.step());
    engine.finish(99);
    assertEquals(9, second.cached());
    assertEquals(1, engine.counters().cache().pagesCopied());
    assertEquals(9, engine.counters().cache().hitTokens());
  }

  @Test
  void anotherTurnGoesOnBehindTheAnswer() {
    var engine = engine(ENDS_ONLY);
    submit(engine, "a", prompt(10));
    engine.step();
    engine.finish(110);
    engine.finish(99);

    RecordingSink next = submit(engine, "b", prompt(14));

    assertTrue(engine.step().endsWith("[11,14)1>0!"), engine.plans.getLast());
    engine.finish(99);
    assertEquals(11, next.cached());
  }

  @Test
  void theSecondSiblingLeavesAStateWhereTheFirstParted() {
    var engine = engine(ENDS_ONLY);
    submit(engine, "a", prompt(12));
    engine.step();
    engine.finish(99);
    submit(engine, "b", prompt(12, 7, 7, 7));
    assertTrue(engine.step().contains("[0,12)"), engine.plans.getLast());
    assertTrue(engine.plans.getLast().contains("9:"), engine.plans.getLast());
    engine.finish(99);

    submit(engine, "c", prompt(12, 8, 8, 8));

    assertTrue(engine.step().contains("[9,12)"), engine.plans.getLast());
  }

  @Test
  void statesAreKeptEverySoManyTokensOfAChunkAndOfAnAnswer() {
    var engine = engine(EVERY_8);
    submit(engine, "a", "", prompt(14), 8);
    assertEquals("+0 0@0 0@1 0@2 0@3 0[0,14)-1>0! 8:2", engine.step());
    engine.finish(50);
    engine.finish(51);
    assertEquals(1, engine.counters().cache().slotsCached());

    engine.finish(52);

    assertEquals(2, engine.counters().cache().slotsCached(), "16 tokens are computed");
    engine.finish(99);
    submit(engine, "b", prompt(14, 7));
    assertTrue(engine.step().contains("[8,14)"), engine.plans.getLast());
  }

  @Test
  void namespacesShareNothing() {
    var engine = engine(EVERY_8);
    submit(engine, "a", "one", prompt(14), 4);
    engine.step();
    engine.finish(99);

    submit(engine, "b", "two", prompt(14), 4);

    assertTrue(engine.step().contains("[0,14)"), engine.plans.getLast());
  }

  @Test
  void aPreemptedSequenceFindsAgainWhatItComputed() {
    var engine = new EngineFixture(EngineFixture.settings(64, 2, 16).cache(ENDS_ONLY), 7, 8);
    submit(engine, "a", "", prompt(8), 6);
    RecordingSink second = submit(engine, "b", "", prompt(8, 7, 7, 7, 7, 7, 7, 7), 12);
    engine.step();
    for (int i = 0; engine.counters().preemptions() == 0; i++) {
      assertTrue(i < 20);
      engine.finishAll(50 + i);
    }

    while (second.events.stream().noneMatch(event -> event.startsWith("finished"))) {
      engine.finishAll(60);
    }

    assertEquals(0, second.cached(), "the first match counts");
    assertTrue(engine.counters().cache().hitTokens() >= 8, "after the preemption it hit");
  }

  @Test
  void anIncompleteStepIsOfferedAgainWithItsCopiesAndStates() {
    var engine = engine(EVERY_8);
    submit(engine, "a", prompt(10), 9);
    engine.step();
    engine.finish(99);
    submit(engine, "b", prompt(20), 18);
    String plan = engine.step();
    assertTrue(plan.contains("=>") && plan.contains("16:") && plan.contains("18:"), plan);

    engine.incarnation++;

    String again = engine.step();
    assertEquals(plan.substring(plan.indexOf("+0")), again);
  }

  @Test
  void whatIsNotFiniteIsNotKept() {
    var engine = engine(EVERY_8);
    submit(engine, "a", prompt(14), 13);
    engine.step();
    engine.finish(StepResult.NOT_FINITE);

    assertEquals(0, engine.counters().cache().pagesCached());
    assertEquals(0, engine.counters().cache().slotsCached());
  }

  @Test
  void aFlushedPrefixIsComputedAgain() {
    var engine = engine(EVERY_8);
    submit(engine, "a", prompt(14), 13);
    engine.step();
    engine.finish(99);
    engine.loop.inbox().flushCache();

    submit(engine, "b", prompt(14), 13);

    assertTrue(engine.step().contains("[0,14)"), engine.plans.getLast());
    assertEquals(1, engine.counters().cache().flushes());
  }

  @Test
  void cachedPagesAreRoomForNewcomers() {
    var engine = new EngineFixture(EngineFixture.settings(40, 2, 16).cache(EVERY_8), 5, 6);
    submit(engine, "a", prompt(14));
    engine.step();
    engine.finish(99);
    assertEquals(4, engine.counters().cache().pagesCached());

    int[] other = IntStream.range(500, 514).toArray();
    submit(engine, "b", other);

    assertTrue(engine.step().contains("[0,14)"), engine.plans.getLast());
    assertTrue(engine.counters().cache().pagesEvicted() >= 3);
  }

  @Test
  void whatFitsOnlyWithoutTheCacheRunsWithoutIt() {
    var engine = new EngineFixture(EngineFixture.settings(40, 1, 16).cache(ENDS_ONLY), 3, 2);
    submit(engine, "a", prompt(10));
    engine.step();
    engine.finish(99);

    submit(engine, "b", prompt(11));

    assertTrue(engine.step().contains("[0,11)"), engine.plans.getLast());
  }

  @Test
  void aRankThatDiesInAStepInPlaceSendsItsSequencesToTheirLastState() {
    var engine = engine(IN_PLACE, 8);
    RecordingSink sink = submit(engine, "a", prompt(12));
    assertEquals("+0 0@0 0@1 0@2 0@3 0[0,8)-1>0", engine.step());
    assertTrue(engine.finish(StepResult.NO_TOKEN).endsWith("0[8,12)0>1!"), "given to the tree");
    assertTrue(engine.finish(50).endsWith("0[12,13)1>2!"), engine.plans.getLast());
    assertTrue(engine.finish(51).endsWith("0[13,14)2>2!"), engine.plans.getLast());

    engine.incarnation++;

    assertTrue(engine.step().endsWith("0[12,14)1>2!"), engine.plans.getLast());
    engine.finish(52);
    engine.finish(99);
    assertEquals("finished STOP stop 99 of 12+4", sink.last());
  }

  @Test
  void anUnoffredStepInPlaceIsStillGood() {
    var engine = engine(IN_PLACE);
    submit(engine, "a", prompt(3));
    engine.step();
    engine.finish(50);
    engine.finish(51);
    engine.refuses = true;
    engine.finish(52);
    engine.refuses = false;
    engine.incarnation++;

    assertTrue(engine.step().contains("0[5,6)"), engine.plans.getLast());
  }

  @Test
  void theSameBeginningIsComputedOnceForThoseThatComeTogether() {
    var engine = engine(EVERY_8);
    submit(engine, "leader", prompt(13, 7, 7));
    submit(engine, "follower", prompt(13, 8, 8));
    String first = engine.step();
    assertTrue(first.contains("[0,13)") && !first.contains("+1"), first);

    engine.finish(99);

    assertTrue(engine.plans.getLast().contains("[8,13)"), engine.plans.getLast());
  }

  @Test
  void aHundredQuestionsAboutOneTextComputeItOnce() {
    var scheduling = SchedulingSettings.DEFAULT.conservativeness(0);
    var engine = new EngineFixture(
        new EngineSettings(128, 8, 16, 100, 10_000, scheduling).cache(EVERY_8), 200, 60);
    for (int i = 0; i < 100; i++) {
      submit(engine, "q" + i, "", prompt(67, 200 + i, 300 + i, 400 + i), 1);
    }

    engine.step();
    for (int i = 0; engine.counters().completed() < 100; i++) {
      assertTrue(i < 200, engine.counters()::toString);
      engine.finishAll(50);
    }

    assertEquals(67 + 99 * 3, engine.counters().rowsPlanned());
    assertEquals(99, engine.counters().cache().hits());
  }

  @Test
  void thoseBehindAFollowerGoFirst() {
    var engine = engine(EVERY_8);
    submit(engine, "leader", prompt(13, 7, 7));
    submit(engine, "follower", prompt(13, 8, 8));
    submit(engine, "stranger", IntStream.range(500, 503).toArray());

    String first = engine.step();

    assertTrue(first.contains("0[0,13)") && first.contains("1[0,3)"), first);
  }

  @Test
  void nobodyWaitsWhereNothingIsLeftForIt() {
    var engine = engine(EVERY_8);
    submit(engine, "leader", prompt(13, 7, 7, 7, 7, 7, 7));
    submit(engine, "other", prompt(13, 8, 8, 8, 8, 8, 8));

    String first = engine.step();

    assertTrue(first.contains("0[0,13)") && first.contains("1[0,3)"), first);
  }

  private static EngineFixture longestPrefixFirst() {
    var scheduling = SchedulingSettings.DEFAULT.conservativeness(0).policy(SchedulePolicy.LPM);
    return new EngineFixture(
        new EngineSettings(64, 1, 16, 200, 10_000, scheduling).cache(EVERY_8), 16, 12);
  }

  @Test
  void theLongestCachedPrefixIsServedFirst() {
    var engine = longestPrefixFirst();
    RecordingSink first = submit(engine, "a", prompt(10));
    engine.step();
    submit(engine, "unknown", IntStream.range(500, 512).toArray());
    submit(engine, "short", prompt(12, 7, 7, 7));
    submit(engine, "long", prompt(12));
    engine.finish(99);

    assertEquals("finished STOP stop 99 of 10+1", first.last());
    assertTrue(engine.plans.getLast().contains("[10,12)"), engine.plans.getLast());
    engine.finish(99);
    assertTrue(engine.plans.getLast().contains("[8,12)"), engine.plans.getLast());
    engine.finish(99);
    assertTrue(engine.plans.getLast().contains("[0,12)"), engine.plans.getLast());
  }

  @Test
  void theFirstIsPassedOverALimitedNumberOfTimes() {
    var engine = longestPrefixFirst();
    submit(engine, "a", prompt(10));
    engine.step();
    RecordingSink first = submit(engine, "unknown", IntStream.range(500, 512).toArray());
    for (int i = 0; i <= Candidates.PASSED_OVER_MAX; i++) {
      submit(engine, "known " + i, prompt(10));
      engine.finish(99);
      assertEquals("accepted", first.last());
    }

    engine.finish(99);

    assertEquals("finished STOP stop 99 of 12+1", first.last());
  }

  @Test
  void manyAreServedInTheOrderOfArrival() {
    var engine = longestPrefixFirst();
    submit(engine, "a", prompt(10));
    engine.step();
    submit(engine, "unknown", IntStream.range(500, 512).toArray());
    for (int i = 0; i < Candidates.LOOKED_AT_MAX; i++) {
      submit(engine, "known " + i, prompt(10));
    }
    engine.loop.doWork();
    engine.loop.doWork();

    engine.finish(99);

    assertTrue(engine.plans.getLast().contains("[0,12)"), engine.plans.getLast());
  }

  @Test
  void slotsOfACalledOffStepAreFreeAgain() {
    var engine = engine(EVERY_8);
    submit(engine, "a", prompt(14), 5);
    submit(engine, "b", IntStream.range(500, 514).toArray(), 5);
    engine.step();
    engine.crash();

    engine.crash();
    assertTrue(engine.plans.getLast().contains("5:"), engine.plans.getLast());
    engine.finish(99);
    engine.finish(99);
    assertEquals(2, engine.counters().completed());
    assertEquals(0, engine.counters().slotsUsed());
  }
}
