package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.Offer;
import io.souffleur.transport.StepAddress;
import io.souffleur.transport.TransportCounters;
import io.souffleur.transport.inproc.InProcLink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine's side of a rank, with the rank's end of the channel in the test's hands. */
class GroupStepExecutorTest {
  private final TransportCounters counters = new TransportCounters();
  private final InProcLink first = link(1);
  private final InProcLink second = link(2);
  private final GroupStepExecutor executor = new GroupStepExecutor();
  private final List<StepId> results = new ArrayList<>();

  private InProcLink link(int incarnation) {
    return InProcLink.open(new StepAddress(0, 1, incarnation), counters, 1 << 16);
  }

  @Test
  void isNotReadyAndRefusesUntilARankIsConnected() {
    assertFalse(executor.ready());
    assertFalse(executor.offer(plan(1, 1, 0)));
    assertEquals(0, poll());

    executor.connect(first.front());

    assertTrue(executor.ready());
    assertEquals(1, executor.incarnation());
  }

  @Test
  void oneStepIsInFlightUntilItsResultIsDelivered() {
    executor.connect(first.front());
    assertTrue(executor.offer(plan(1, 1, 0)));
    assertFalse(executor.offer(plan(1, 2, 0)));
    assertTrue(executor.stepAgeNanos(System.nanoTime() + 1) > 0);

    answer(first, 1);

    assertEquals(1, poll());
    assertEquals(List.of(new StepId(1, 1, 1, 0)), results);
    assertEquals(0, executor.stepAgeNanos(System.nanoTime()));
    assertTrue(executor.offer(plan(1, 2, 0)));
  }

  @Test
  void whatADeadRankStillSaidIsDroppedAndItsSuccessorGetsTheStepAgain() {
    executor.connect(first.front());
    assertTrue(executor.offer(plan(1, 1, 0)));
    answer(first, 1);

    executor.disconnect();

    assertFalse(executor.ready());
    assertEquals(0, poll());
    assertEquals(0, executor.stepAgeNanos(System.nanoTime()));
    assertEquals(1, executor.incarnation());
    executor.connect(second.front());
    assertEquals(2, executor.incarnation());
    assertFalse(first.front().isOpen());
    assertEquals(1, executor.resultsDropped());
    assertFalse(executor.offer(plan(1, 1, 0)), "a plan for the dead incarnation");
    assertTrue(executor.offer(plan(2, 1, 1)));
    answer(second, 1);
    assertEquals(1, poll());
    assertEquals(List.of(new StepId(1, 2, 1, 1)), results);
  }

  @Test
  void aResultThatComesTwiceOrForAnotherStepIsDropped() {
    executor.connect(first.front());
    assertTrue(executor.offer(plan(1, 5, 2)));
    StepResult other = new StepResult();
    other.reset(new StepId(1, 1, 4, 2), 0, 0);
    first.rank().offer(other);
    other.reset(new StepId(1, 1, 5, 1), 0, 0);
    first.rank().offer(other);
    other.reset(new StepId(1, 1, 5, 2), 0, 0);
    first.rank().offer(other);
    first.rank().offer(other);

    assertEquals(1, executor.poll(result -> results.add(result.id()), 10));

    assertEquals(List.of(new StepId(1, 1, 5, 2)), results);
    assertEquals(3, executor.resultsDropped());
  }

  @Test
  void aFailedStepDeliversNothingAndKeepsItsWords() {
    executor.connect(first.front());
    executor.offer(plan(1, 1, 0));
    first.rank().offerFailure(new StepId(1, 1, 1, 0), "page 7 of 4");

    assertEquals(0, poll());
    assertEquals("page 7 of 4", executor.lastFailure());
    assertFalse(executor.offer(plan(1, 2, 0)));
  }

  @Test
  void aFullStreamRefusesThePlanForNow() {
    executor.connect(first.front());
    StepPlan large = plan(1, 1, 0);
    for (int i = 0; i < 1_900; i++) {
      large.addToken(i);
    }
    int sent = 0;
    while (first.front().offer(large) == Offer.SENT) {
      sent++;
    }
    assertTrue(sent > 4);

    assertFalse(executor.offer(large));

    // At the end of the ring a poll may find nothing but the way back to its beginning.
    first.rank().poll(plan -> {}, 4);
    first.rank().poll(plan -> {}, 4);
    assertTrue(executor.offer(large));
  }

  @Test
  void aPlanThatNeverFitsIsABug() {
    executor.connect(first.front());
    StepPlan huge = plan(1, 1, 0);
    for (int i = 0; i < 10_000; i++) {
      huge.addToken(i);
    }
    var failure = assertThrows(IllegalStateException.class, () -> executor.offer(huge));
    assertTrue(failure.getMessage().startsWith("a step of 10001 rows"), failure.getMessage());
  }

  @Test
  void closeClosesTheChannelInUse() {
    executor.connect(first.front());
    assertTrue(executor.ready());
    executor.close();
    assertFalse(first.front().isOpen());
    assertFalse(executor.ready());
  }

  private int poll() {
    return executor.poll(result -> results.add(result.id()), 1);
  }

  private static void answer(InProcLink link, int expected) {
    StepResult result = new StepResult();
    int seen = link.rank()
        .poll(
            plan -> {
              result.reset(plan);
              link.rank().offer(result);
            },
            10);
    assertEquals(expected, seen);
  }

  private static StepPlan plan(int incarnation, long step, int attempt) {
    StepPlan plan = new StepPlan();
    plan.reset(1, incarnation, step, attempt);
    plan.addRun(0, 0, StepPlan.NO_SLOT, 0, true);
    plan.addToken(1);
    return plan;
  }
}
