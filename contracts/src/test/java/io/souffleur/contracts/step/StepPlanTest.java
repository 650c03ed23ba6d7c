package io.souffleur.contracts.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.SamplingSpec;
import org.junit.jupiter.api.Test;

class StepPlanTest {
  @Test
  void keepsRunsWithTheirTokens() {
    var plan = new StepPlan();
    plan.reset(1, 2, 3, 4);
    plan.addRun(5, 10, 6, 7, true);
    plan.addToken(100);
    plan.addRun(8, 0, StepPlan.NO_SLOT, 9, false);
    plan.addToken(101);
    plan.addToken(102);

    assertEquals(new StepId(1, 2, 3, 4), plan.id());
    assertEquals(2, plan.runCount());
    assertEquals(3, plan.tokenCount());
    assertEquals(5, plan.runSeat(0));
    assertEquals(10, plan.runFirstPosition(0));
    assertEquals(6, plan.runReadSlot(0));
    assertEquals(7, plan.runWriteSlot(0));
    assertTrue(plan.runDraws(0));
    assertEquals(0, plan.tokenStart(0));
    assertEquals(1, plan.tokenEnd(0));
    assertFalse(plan.runDraws(1));
    assertEquals(StepPlan.NO_SLOT, plan.runReadSlot(1));
    assertEquals(1, plan.tokenStart(1));
    assertEquals(3, plan.tokenEnd(1));
    assertEquals(102, plan.token(2));
  }

  @Test
  void keepsCheckpointsWithTheirRunsAndPageCopies() {
    var plan = new StepPlan();
    plan.reset(1, 2, 3, 4);
    plan.copyPage(8, 9);
    plan.copyPage(3, 4);
    plan.addRun(5, 10, 6, 7, true);
    plan.addToken(100);
    plan.addToken(101);
    plan.addCheckpoint(11, 20);
    plan.addCheckpoint(12, 21);
    plan.addRun(6, 10, 8, 9, true);
    plan.addToken(102);
    plan.addRun(7, 0, StepPlan.NO_SLOT, 10, false);
    plan.addToken(103);
    plan.addCheckpoint(1, 22);

    assertEquals(2, plan.copyCount());
    assertEquals(3, plan.copiedFrom(1));
    assertEquals(4, plan.copiedTo(1));
    assertEquals(3, plan.checkpointCount());
    assertEquals(0, plan.checkpointStart(0));
    assertEquals(2, plan.checkpointEnd(0));
    assertEquals(2, plan.checkpointStart(1));
    assertEquals(2, plan.checkpointEnd(1));
    assertEquals(3, plan.checkpointEnd(2));
    assertEquals(12, plan.checkpointPosition(1));
    assertEquals(21, plan.checkpointSlot(1));
    assertEquals(22, plan.checkpointSlot(2));
  }

  @Test
  void growsWithoutLosingAnything() {
    var plan = new StepPlan();
    plan.reset(1, 1, 1, 0);
    for (int i = 0; i < 1_000; i++) {
      plan.drop(i);
      plan.admit(i, new SamplingSpec(0, 1, 0, 0, i, 0));
      plan.addPage(i, 2 * i);
      plan.addRun(i, i, i, i + 1, i % 2 == 0);
      plan.addToken(3 * i);
      plan.addCheckpoint(i + 1, 5 * i);
      plan.copyPage(7 * i, i);
    }

    for (int i = 0; i < 1_000; i++) {
      assertEquals(i, plan.droppedSeat(i));
      assertEquals(i, plan.admittedSeat(i));
      assertEquals(i, plan.admittedSampling(i).seed());
      assertEquals(i, plan.pageSeat(i));
      assertEquals(2 * i, plan.pageNumber(i));
      assertEquals(i, plan.tokenStart(i));
      assertEquals(3 * i, plan.token(i));
      assertEquals(i, plan.checkpointStart(i));
      assertEquals(5 * i, plan.checkpointSlot(i));
      assertEquals(7 * i, plan.copiedFrom(i));
    }
  }

  @Test
  void isEmptyAfterAReset() {
    var plan = new StepPlan();
    plan.drop(1);
    plan.admit(2, SamplingSpec.GREEDY);
    plan.addPage(2, 3);
    plan.addRun(2, 0, -1, -1, true);
    plan.addToken(4);
    plan.addCheckpoint(1, 0);
    plan.copyPage(1, 2);

    plan.reset(new StepId(2, 1, 1, 0));

    assertEquals(0, plan.dropCount());
    assertEquals(0, plan.admitCount());
    assertEquals(0, plan.pageCount());
    assertEquals(0, plan.runCount());
    assertEquals(0, plan.tokenCount());
    assertEquals(0, plan.checkpointCount());
    assertEquals(0, plan.copyCount());
  }

  @Test
  void onlyTheResultOfThisVeryOfferAnswersAPlan() {
    var plan = new StepPlan();
    plan.reset(1, 2, 3, 0);
    plan.addRun(0, 0, -1, -1, true);
    plan.addToken(1);
    var result = new StepResult();
    result.reset(plan);
    assertTrue(result.answers(plan));
    assertEquals(StepResult.NO_TOKEN, result.token(0));

    plan.reset(1, 3, 3, 1);
    plan.addRun(0, 0, -1, -1, true);
    plan.addToken(1);

    assertFalse(result.answers(plan));
  }

  @Test
  void aReusedResultForgetsItsTokens() {
    var result = new StepResult();
    result.reset(new StepId(1, 1, 1, 0), 3, 3);
    result.token(1, 42);

    result.reset(new StepId(1, 1, 2, 0), 2, 5);

    assertEquals(StepResult.NO_TOKEN, result.token(1));
    assertEquals(2, result.runCount());
    assertEquals(5, result.rows());
  }

  @Test
  void aScoringNamesTheTokensThatItsRowsPredict() {
    var plan = new StepPlan();
    plan.reset(new StepId(1, 1, 1, 0));
    plan.addRun(0, 0, StepPlan.NO_SLOT, 0, true);
    plan.addToken(9);
    plan.addRun(1, 5, 1, 2, false);
    plan.addToken(50);
    plan.addToken(51);
    plan.scorePrompt(6, 8, 52);

    assertEquals(1, plan.scoringCount());
    assertEquals(1, plan.scoringRun(0));
    assertEquals(51, plan.scoredToken(0, 6));
    assertEquals(52, plan.scoredToken(0, 7));
    plan.reset(new StepId(1, 1, 2, 0));
    assertEquals(0, plan.scoringCount());
  }
}
