package io.souffleur.scheduler;

import static io.souffleur.scheduler.EngineFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that crash their rank: who is under suspicion, who runs alone, who is refused. */
class PoisonTest {
  private final EngineFixture engine = new EngineFixture(settings(64, 3, 16), 32);
  private RecordingSink first;
  private RecordingSink second;

  @BeforeEach
  void twoRequestsDecode() {
    first = engine.submit("a", 2, 9);
    second = engine.submit("b", 2, 9);
    engine.step();
    assertEquals("0[2,3)0>1! 1[2,3)2>3!", engine.finish(11, 21));
  }

  @Test
  void theFirstCrashIsForgivenAndTheStepOfferedAgain() {
    assertEquals("+0 +1 0@0 1@1 0[2,3)0>1! 1[2,3)2>3!", engine.crash());
    assertEquals("0[3,4)1>0! 1[3,4)3>2!", engine.finish(12, 22));
  }

  @Test
  void afterTheSecondCrashTheSuspectsRunAloneAndTheGuiltyOneIsRefused() {
    engine.crash();
    assertEquals("+0 +1 0@0 1@1 0[2,3)0>1!", engine.crash());
    assertEquals("1[2,3)2>3!", engine.finish(12));

    assertEquals("+0 0@0 0[3,4)1>0!", engine.crash());

    assertEquals("finished CRASHED stop -1 of 2+1", second.last());
    assertEquals("token 12", first.last());
    assertEquals(1, engine.counters().failed());
    assertEquals(1, engine.crashesExplained);
    assertEquals("0@1 0[4,5)0>1!", engine.finish(13));
  }

  @Test
  void theInnocentRunTogetherAgainWhenEachHasPassed() {
    engine.crash();
    engine.crash();
    engine.finish(12);

    assertEquals("0[3,4)1>0! 1[3,4)3>2!", engine.finish(22));

    assertEquals("+0 +1 0@0 1@1 0[3,4)1>0! 1[3,4)3>2!", engine.crash(), "forgiven as the first");
    assertEquals(0, engine.counters().failed());
  }

  @Test
  void newcomersWaitUntilTheSuspectsHavePassed() {
    engine.crash();
    engine.submit("c", 3, 9);
    engine.crash();

    assertEquals("1[2,3)2>3!", engine.finish(12));
    assertEquals("0[3,4)1>0! 1[3,4)3>2! 2[0,3)-1>4!", engine.finish(22));
  }

  @Test
  void aRequestThatCrashesItsRankAloneIsRefusedAfterTheSecondTime() {
    engine.loop.inbox().abort(EngineFixture.request("a", 1, 1).id());
    engine.finish(12, 22);
    engine.crash();
    assertEquals("token 22", second.last());

    assertEquals("none", engine.crash());

    assertEquals("finished CRASHED stop -1 of 2+2", second.last());
    assertEquals(0, engine.counters().pagesUsed());
    assertEquals(0, engine.counters().slotsUsed());
  }

  @Test
  void crashesFarApartAndEndsFromOutsideRaiseNoSuspicion() {
    for (int i = 0; i < 3; i++) {
      engine.crash();
      engine.finish(30 + i, 40 + i);
    }
    for (int i = 0; i < 3; i++) {
      engine.incarnation++;
      assertEquals("+0 +1 0@0 0@2 1@1 1@3 0[5,6)1>0! 1[5,6)3>2!", engine.step());
    }
  }

  @Test
  void aLongPromptIsUnderSuspicionUntilTheRowsOfTheCrashAreComputed() {
    engine.submit("c", 20, 9);
    assertEquals(
        "+2 2@2 2@3 2@4 2@5 2@6 2@7 0[3,4)1>0! 1[3,4)3>2! 2[0,16)-1>4", engine.finish(12, 22));
    engine.crash();
    engine.crash();
    engine.finish(13);

    assertEquals("1@9 2[0,16)-1>4", engine.finish(23));
    assertEquals("0[4,5)0>1! 1[4,5)2>3! 2[16,20)4>5!", engine.finish());
  }
}
