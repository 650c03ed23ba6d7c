package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.models.ComputeType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One rank with two seats, four pages and four slots, driven by hand-written plans. */
class ShardRuntimeTest {
  private static final CacheCapacity CAPACITY = new CacheCapacity(4, 4);

  private TinyModel model;
  private KvStore kv;
  private StateStore states;
  private ShardRuntime rank;
  private final StepPlan plan = new StepPlan();
  private final StepResult result = new StepResult();

  @BeforeEach
  void open() throws IOException {
    model = new TinyModel(new TinyModel.Case("reference", ComputeType.FLOAT32), 1);
    kv = KvStore.inMemory(model.layout(), CAPACITY);
    states = StateStore.inMemory(model.layout(), CAPACITY);
    rank = new ShardRuntime(
        model.decoder, model.kernels, kv, states, model.layout(), new ShardLimits(2, 8, 2));
    plan.reset(1, 1, 1, 0);
  }

  @AfterEach
  void close() {
    rank.close();
    states.close();
    kv.close();
    model.close();
  }

  private void seat(int seat, int page) {
    plan.admit(seat, SamplingSpec.GREEDY);
    plan.addPage(seat, page);
  }

  private void run(int seat, int first, int read, int write, int... tokens) {
    plan.addRun(seat, first, read, write, true);
    for (int token : tokens) {
      plan.addToken(token);
    }
  }

  private String violation() {
    var failure = assertThrows(StepFailure.class, () -> rank.execute(plan, result));
    return failure.getMessage();
  }

  private void assertViolation(String part) {
    String message = violation();
    assertTrue(message.contains(part), message);
  }

  @Test
  void answersEveryDrawingRun() {
    seat(0, 3);
    seat(1, 1);
    plan.addRun(0, 0, StepPlan.NO_SLOT, 2, false);
    plan.addToken(5);
    plan.addToken(6);
    run(1, 0, StepPlan.NO_SLOT, 0, 7);

    rank.execute(plan, result);

    assertTrue(result.answers(plan));
    assertEquals(3, result.rows());
    assertEquals(StepResult.NO_TOKEN, result.token(0));
    assertTrue(result.token(1) >= 0 && result.token(1) < model.vocabulary());
  }

  @Test
  void givesTheSameTokenWhenTheStepRunsAgain() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1, 2, 3);
    rank.execute(plan, result);
    plan.reset(1, 1, 2, 0);
    run(0, 3, 0, 1, result.token(0));
    rank.execute(plan, result);
    int token = result.token(0);

    rank.execute(plan, result);

    assertEquals(token, result.token(0));
  }

  @Test
  void reportsOneSequenceWhoseStateIsNotFiniteAndNotItsNeighbour() {
    seat(0, 0);
    seat(1, 1);
    run(0, 0, StepPlan.NO_SLOT, 0, 1, 2);
    run(1, 0, StepPlan.NO_SLOT, 2, 1, 2);
    rank.execute(plan, result);
    int healthy = result.token(1);
    plan.reset(1, 1, 2, 0);
    run(0, 2, 0, 1, healthy);
    run(1, 2, 2, 3, healthy);
    rank.execute(plan, result);
    int next = result.token(1);
    states.slot(0).fill((byte) 0xFF);

    rank.execute(plan, result);

    assertEquals(StepResult.NOT_FINITE, result.token(0));
    assertEquals(next, result.token(1));
  }

  @Test
  void touchesNoMemoryWhenAPlanIsWrong() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 9, 1);

    violation();

    assertEquals(-1, kv.pool().mismatch(kv.pool()));
    assertEquals(
        0,
        kv.pool().toArray(ValueLayout.JAVA_BYTE)[0] + states.pool().get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void namesASeatItDoesNotHave() {
    seat(2, 0);
    assertViolation("seat 2, this rank has 2");
  }

  @Test
  void namesASeatWhereNobodySits() {
    run(1, 0, StepPlan.NO_SLOT, 0, 1);
    assertViolation("seat 1 is empty");
  }

  @Test
  void namesASeatThatWasLeft() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1);
    rank.execute(plan, result);
    plan.reset(1, 1, 2, 0);
    plan.drop(0);
    run(0, 1, 0, 1, 1);
    assertViolation("seat 0 is empty");
  }

  @Test
  void namesAPageItDoesNotHave() {
    seat(0, 4);
    assertViolation("page 4 of seat 0, the store has 4");
  }

  @Test
  void namesASeatWithTooManyPages() {
    seat(0, 0);
    plan.addPage(0, 1);
    plan.addPage(0, 2);
    assertViolation("seat 0 gets more than 2 pages");
  }

  @Test
  void namesPositionsWithoutAPage() {
    seat(0, 0);
    run(0, 12, 0, 1, 1, 2, 3, 4, 5);
    assertViolation("positions from 12");
  }

  @Test
  void namesSlotsOutOfRange() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 4, 1);
    assertViolation("the write slot 4");
  }

  @Test
  void namesAReadSlotThatDoesNotFitThePosition() {
    seat(0, 0);
    run(0, 3, StepPlan.NO_SLOT, 1, 1);
    assertViolation("the read slot -1");
  }

  @Test
  void namesASlotThatIsReadAndWritten() {
    seat(0, 0);
    seat(1, 1);
    run(0, 3, 1, 0, 1);
    run(1, 3, 0, 2, 1);
    assertViolation("a slot that is written in the same step 0");
  }

  @Test
  void namesASlotThatIsWrittenTwice() {
    seat(0, 0);
    seat(1, 1);
    run(0, 0, StepPlan.NO_SLOT, 0, 1);
    run(1, 0, StepPlan.NO_SLOT, 0, 1);
    assertViolation("a slot that another run writes 0");
  }

  @Test
  void namesACheckpointThatIsNotInItsRun() {
    for (int[] positions : new int[][] {{0, 0}, {3, 0}, {2, 2}, {2, 1}}) {
      plan.reset(1, 1, 1, 0);
      seat(0, 0);
      run(0, 0, StepPlan.NO_SLOT, 0, 1, 2);
      plan.addCheckpoint(positions[0], 1);
      plan.addCheckpoint(positions[1], 2);
      assertViolation("a checkpoint at ");
    }
  }

  @Test
  void namesACheckpointSlotOutOfRangeOrInUse() {
    for (int slot : new int[] {-1, 4}) {
      plan.reset(1, 1, 1, 0);
      seat(0, 0);
      run(0, 0, StepPlan.NO_SLOT, 0, 1);
      plan.addCheckpoint(1, slot);
      assertViolation("the checkpoint slot " + slot);
    }
    for (int slot : new int[] {0, 1}) {
      plan.reset(1, 1, 1, 0);
      seat(0, 0);
      run(0, 0, StepPlan.NO_SLOT, 0, 1, 2);
      plan.addCheckpoint(1, 1);
      plan.addCheckpoint(2, slot);
      assertViolation("a checkpoint in a slot written twice: " + slot);
    }
  }

  @Test
  void namesACheckpointInASlotThatAnotherRunReads() {
    seat(0, 0);
    seat(1, 1);
    run(0, 0, StepPlan.NO_SLOT, 0, 1);
    plan.addCheckpoint(1, 3);
    run(1, 3, 3, 2, 1);
    assertViolation("a slot that is written in the same step 3");
  }

  @Test
  void namesAPageThatTwoRunsWrite() {
    seat(0, 2);
    seat(1, 2);
    run(0, 3, 0, 1, 1);
    run(1, 3, 2, 3, 1);
    assertViolation("run 1 of seat 1 writes page 2, as another run does");
  }

  @Test
  void namesPagesOfACopyThatItDoesNotHave() {
    for (int[] copy : new int[][] {{4, 0}, {-1, 0}, {1, 4}, {1, -1}}) {
      plan.reset(1, 1, 1, 0);
      seat(0, 0);
      run(0, 3, 0, 1, 1);
      plan.copyPage(copy[0], copy[1]);
      assertViolation("of copy 0, the store has 4");
    }
  }

  @Test
  void namesACopyToWhereNoRunBeginsInsideAPage() {
    seat(0, 0);
    plan.addPage(0, 1);
    run(0, 0, StepPlan.NO_SLOT, 1, 1);
    plan.copyPage(3, 0);
    assertViolation("copy 0 goes to page 0, in whose middle no run begins");
    plan.reset(1, 1, 1, 0);
    run(0, 16, 0, 1, 1);
    plan.copyPage(3, 1);
    assertViolation("copy 0 goes to page 1, in whose middle no run begins");
    plan.reset(1, 1, 1, 0);
    run(0, 17, 0, 1, 1);
    plan.copyPage(3, 0);
    assertViolation("copy 0 goes to page 0, in whose middle no run begins");
  }

  @Test
  void namesCopiesThatMeet() {
    seat(0, 0);
    seat(1, 1);
    run(0, 3, 0, 1, 1);
    run(1, 3, 2, 3, 1);
    plan.copyPage(2, 1);
    plan.copyPage(3, 1);
    assertViolation("copy 1 goes to page 1");
    plan.reset(1, 1, 1, 0);
    run(0, 3, 0, 1, 1);
    run(1, 3, 2, 3, 1);
    plan.copyPage(2, 1);
    plan.copyPage(1, 0);
    assertViolation("copy 1 comes from page 1, to which another copy goes");
  }

  @Test
  void copiesNothingWhenAPlanIsWrong() {
    kv.page(3).fill((byte) 7);
    seat(0, 0);
    run(0, 3, 0, 1, 1, model.vocabulary());
    plan.copyPage(3, 0);

    violation();

    assertEquals(0, kv.page(0).get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void aRunMayWriteTheSlotItReads() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1, 2);
    rank.execute(plan, result);
    plan.reset(1, 1, 2, 0);
    run(0, 2, 0, 0, 3);

    rank.execute(plan, result);

    assertTrue(result.token(0) >= 0);
  }

  @Test
  void namesATokenOutsideTheVocabulary() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1, model.vocabulary());
    assertViolation("token " + model.vocabulary() + " in row 1");
  }

  @Test
  void namesMoreRowsThanItHasBuffersFor() {
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertViolation("rows in all 9");
  }

  @Test
  void runsAStepInsideOffer() {
    var executor = new LocalStepExecutor(rank);
    seat(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1);
    int[] delivered = new int[1];

    assertTrue(executor.offer(plan));
    assertTrue(!executor.offer(plan));
    assertEquals(1, executor.poll(got -> delivered[0] = got.token(0), 1));
    assertEquals(0, executor.poll(got -> delivered[0] = -9, 1));

    assertTrue(delivered[0] >= 0);
    executor.close();
    assertTrue(!executor.ready() && !executor.offer(plan));
  }
}
