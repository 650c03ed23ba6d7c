package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rank in the loop's thread whose steps throw. */
class LocalStepExecutorTest {
  private static final IllegalStateException THROWN = new IllegalStateException("the kernel threw");
  private static final StepRunner WELL = (plan, result) -> result.reset(plan);
  private static final StepRunner BROKEN = (plan, result) -> {
    throw THROWN;
  };

  private final List<Throwable> crashes = new ArrayList<>();
  private final StepPlan plan = new StepPlan();
  private StepRunner next = BROKEN;
  private final LocalStepExecutor executor = new LocalStepExecutor(BROKEN, failure -> {
    crashes.add(failure);
    return next;
  });

  private int poll() {
    return executor.poll(result -> {}, 1);
  }

  @Test
  void aStepThatThrowsIsTheCrashOfOneIncarnation() {
    next = WELL;
    plan.reset(1, 1, 1, 0);
    assertFalse(executor.crashed(1));

    assertTrue(executor.offer(plan));

    assertEquals(0, poll());
    assertEquals(2, executor.incarnation());
    assertTrue(executor.crashed(1));
    assertFalse(executor.crashed(2));
    assertSame(THROWN, crashes.getFirst());
    plan.reset(1, 2, 1, 1);
    assertTrue(executor.offer(plan));
    assertEquals(1, poll());
  }

  @Test
  void oneCrashMoreThanItTakesToFindTheGuiltyRequestEndsTheLoop() {
    for (int i = 0; i < LocalStepExecutor.CRASHES_MAX; i++) {
      assertTrue(executor.offer(plan));
    }

    var end = assertThrows(StepFailure.class, () -> executor.offer(plan));

    assertEquals("a step failed, and 3 did shortly before: the kernel threw", end.getMessage());
    assertSame(THROWN, end.getCause());
    assertEquals(LocalStepExecutor.CRASHES_MAX, crashes.size());
  }

  @Test
  void crashesThatARequestIsRefusedForAreForgotten() {
    for (int i = 0; i < 10; i++) {
      for (int crash = 0; crash < LocalStepExecutor.CRASHES_MAX; crash++) {
        assertTrue(executor.offer(plan));
      }
      executor.crashExplained();
    }
    assertEquals(31, executor.incarnation());
  }

  @Test
  void crashesFarApartAreForgottenToo() {
    next = (steps, result) -> {
      if (steps.step() == 0) {
        throw THROWN;
      }
    };
    for (int i = 0; i < 10; i++) {
      plan.reset(1, 1, 0, 0);
      assertTrue(executor.offer(plan));
      plan.reset(1, 1, 1, 0);
      for (int step = 0; step < LocalStepExecutor.CALM_STEPS; step++) {
        assertTrue(executor.offer(plan));
        assertEquals(1, poll());
      }
    }
    assertEquals(11, executor.incarnation());
  }

  @Test
  void withoutSuccessorsAnExceptionEndsTheLoop() {
    try (var alone = new LocalStepExecutor(BROKEN)) {
      assertSame(THROWN, assertThrows(IllegalStateException.class, () -> alone.offer(plan)));
    }
  }
}
