package io.souffleur.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.TransportCounters.Event;
import io.souffleur.transport.inproc.InProcLink;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every step channel, over Aeron and inside one process. */
class StepChannelTest {
  private static final StepAddress ADDRESS = new StepAddress(0, 3, 5);
  private static final RankHello HELLO =
      new RankHello(1, new CacheLayout(64, 64, 64), new CacheCapacity(4, 2), "reference", "1");

  abstract static class Contract {
    final TransportCounters counters = new TransportCounters();
    FrontStepChannel front;
    RankStepChannel rank;
    final Received received = new Received();

    @Test
    void plansGoDownAndResultsComeUpInOrder() {
      StepResult result = new StepResult();
      for (int step = 1; step <= 3_000; step++) {
        StepPlan plan = Plans.decodeStep(ADDRESS, step, step * 7);
        until(() -> front.offer(plan) == Offer.SENT);
        until(() -> rank.poll(seen -> answer(seen, result), 1) == 1);
        until(() -> front.poll(received, 1) == 1);
      }
      assertEquals(3_000, received.results.size());
      assertEquals(new StepId(3, 5, 3_000, 0), received.results.getLast());
      assertEquals(3_000 * 7 + 1, received.firstTokens.getLast());
    }

    @Test
    void aPlanLargerThanOneFrameArrivesWhole() {
      StepPlan plan = Plans.prefill(ADDRESS, 1, 100_000);
      StepPlan[] seen = new StepPlan[1];

      until(() -> front.offer(plan) == Offer.SENT);
      until(() -> {
        rank.poll(arrived -> seen[0] = arrived, 16);
        return seen[0] != null;
      });

      Plans.assertSame(plan, seen[0]);
    }

    @Test
    void aPlanThatNeverFitsIsRefusedAndCounted() {
      assertEquals(Offer.TOO_LARGE, front.offer(Plans.prefill(ADDRESS, 1, 3_000_000)));
      assertEquals(1, counters.total(Event.TOO_LARGE));
    }

    @Test
    void helloAndFailureReachTheFront() {
      until(() -> rank.offerHello(HELLO) == Offer.SENT);
      until(() -> rank.offerFailure(new StepId(3, 5, 1, 0), "no such page") == Offer.SENT);
      until(() -> {
        front.poll(received, 2);
        return received.failures.size() == 1;
      });

      assertEquals(HELLO, received.hellos.getFirst());
      assertEquals("no such page", received.failures.getFirst());
    }

    @Test
    void backPressureIsAValueAndEndsWhenTheOtherSideReads() {
      StepPlan plan = Plans.prefill(ADDRESS, 1, 50_000);
      until(() -> front.offer(plan) == Offer.SENT);
      until(() -> front.offer(plan) == Offer.BACK_PRESSURED);
      assertTrue(counters.total(Event.BACK_PRESSURED) >= 1);

      until(() -> {
        rank.poll(seen -> {}, 64);
        return front.offer(plan) == Offer.SENT;
      });
    }

    @Test
    void messagesOfAnotherEpochOrIncarnationAreDroppedOnBothSides() {
      StepPlan old = Plans.decodeStep(new StepAddress(0, 2, 5), 1, 1);
      StepResult result = new StepResult();
      result.reset(new StepId(3, 4, 1, 0), 1, 1);

      until(() -> front.offer(old) == Offer.SENT);
      until(() -> rank.offer(result) == Offer.SENT);
      until(() -> rank.poll(seen -> received.failures.add("plan"), 1) == 1);
      until(() -> front.poll(received, 1) == 1);

      assertEquals(2, counters.total(Event.STALE_DROPPED));
      assertTrue(received.results.isEmpty() && received.failures.isEmpty());
    }

    @Test
    void steadyStepsAllocateNothing() {
      StepPlan plan = new StepPlan();
      StepResult result = new StepResult();
      Consumer<StepPlan> answering = seen -> answer(seen, result);
      Counting counting = new Counting();
      steps(20_000, plan, answering, counting);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();

      steps(5_000, plan, answering, counting);

      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(25_000, counting.results);
      assertTrue(allocated < 5_000, "5000 steps allocated " + allocated + " B");
    }

    private void steps(
        int count, StepPlan plan, Consumer<StepPlan> answering, ResultListener listener) {
      for (int step = 1; step <= count; step++) {
        Plans.fillDecodeStep(plan, ADDRESS, step, step);
        while (front.offer(plan) != Offer.SENT) {
          Thread.onSpinWait();
        }
        while (rank.poll(answering, 1) == 0) {
          Thread.onSpinWait();
        }
        while (front.poll(listener, 1) == 0) {
          Thread.onSpinWait();
        }
      }
    }

    private void answer(StepPlan seen, StepResult result) {
      result.reset(seen);
      result.token(0, seen.token(0) + 1);
      while (rank.offer(result) != Offer.SENT) {
        Thread.onSpinWait();
      }
    }
  }

  private static final class Counting implements ResultListener {
    int results;

    @Override
    public void onHello(RankHello hello) {}

    @Override
    public void onResult(StepResult result) {
      results++;
    }

    @Override
    public void onFailed(StepId id, String message) {}
  }

  @Nested
  class InProcess extends Contract {
    @BeforeEach
    void open() {
      InProcLink link = InProcLink.open(ADDRESS, counters);
      front = link.front();
      rank = link.rank();
    }

    @Test
    void aClosedChannelSaysSo() {
      front.close();
      assertEquals(Offer.CLOSED, front.offer(Plans.decodeStep(ADDRESS, 1, 1)));
      assertFalse(front.isOpen());
    }
  }

  @Nested
  class OverAeron extends Contract {
    @TempDir
    Path folder;

    RunDirectory run;
    TransportNode node;
    TransportNode rankNode;

    @BeforeEach
    void open() throws IOException {
      run = RunDirectory.create(folder);
      node = TransportNode.launch(run.driverDirectory(), TransportSettings.DEFAULT, counters);
      front = node.openFront(ADDRESS);
      rankNode = TransportNode.join(run.driverDirectory(), TransportSettings.DEFAULT, counters);
      rank = rankNode.openRank(ADDRESS);
    }

    @AfterEach
    void close() throws IOException {
      rankNode.close();
      node.close();
      run.close();
    }

    @Test
    void nobodyListeningIsAValue() {
      FrontStepChannel lonely = node.openFront(new StepAddress(0, 3, 6));
      assertEquals(Offer.NOT_CONNECTED, lonely.offer(Plans.decodeStep(ADDRESS, 1, 1)));
      assertEquals(Offer.NOT_CONNECTED, lonely.offer(Plans.prefill(ADDRESS, 1, 90_000)));
    }

    @Test
    void aRankThatIsGoneMakesTheOfferFail() {
      until(() -> front.offer(Plans.decodeStep(ADDRESS, 1, 1)) == Offer.SENT);
      rankNode.close();
      until(() -> front.offer(Plans.decodeStep(ADDRESS, 2, 1)) == Offer.NOT_CONNECTED);
      assertFalse(rank.isOpen());
      assertTrue(front.isOpen());
    }

    @Test
    void theNextIncarnationStartsOnCleanStreams() {
      until(() -> front.offer(Plans.decodeStep(ADDRESS, 1, 1)) == Offer.SENT);
      StepAddress next = new StepAddress(0, 3, 6);
      try (FrontStepChannel nextFront = node.openFront(next);
          RankStepChannel nextRank = rankNode.openRank(next)) {
        StepPlan plan = Plans.decodeStep(next, 1, 42);
        until(() -> nextFront.offer(plan) == Offer.SENT);
        until(() -> nextRank.poll(seen -> Plans.assertSame(plan, seen), 4) == 1);
        assertEquals(0, counters.total(Event.STALE_DROPPED));
      }
    }

    @Test
    void theDriverFilesAreGoneAfterClose() throws IOException {
      rankNode.close();
      node.close();
      assertFalse(run.driverDirectory().toFile().exists());
      assertFalse(node.isOpen());
    }
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within 10 s");
      Thread.onSpinWait();
    }
  }
}
