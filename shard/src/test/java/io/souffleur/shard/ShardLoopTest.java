package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.Offer;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.ResultListener;
import io.souffleur.transport.StepAddress;
import io.souffleur.transport.TransportCounters;
import io.souffleur.transport.inproc.InProcLink;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.Test;

class ShardLoopTest {
  private static final StepAddress ADDRESS = new StepAddress(0, 2, 3);

  private final InProcLink link = InProcLink.open(ADDRESS, new TransportCounters(), 1 << 14);
  private final List<Long> executed = new ArrayList<>();
  private final List<StepId> results = new ArrayList<>();
  private final ShardLoop loop = new ShardLoop(link.rank(), this::execute);

  private void execute(StepPlan plan, StepResult result) {
    if (plan.step() == 13) {
      throw new IllegalStateException("unlucky");
    }
    executed.add(plan.step());
    result.reset(plan);
  }

  @Test
  void executesPlansInOrderAndSendsTheirResults() {
    offer(1);
    offer(2);

    assertEquals(2, loop.doWork());
    assertEquals(2, loop.doWork());
    assertEquals(0, loop.doWork());

    assertEquals(List.of(1L, 2L), executed);
    assertEquals(2, poll());
    assertEquals(new StepId(2, 3, 2, 0), results.getLast());
  }

  @Test
  void aPlanThatComesAgainIsNotExecutedAgain() {
    for (long step : new long[] {4, 4, 3, 5}) {
      offer(step);
      loop.doWork();
    }

    assertEquals(List.of(4L, 5L), executed);
    assertEquals(2, loop.repeatsDropped());
    assertEquals(2, poll());
  }

  @Test
  void aResultThatMeetsBackPressureIsSentBeforeTheNextPlanIsTaken() {
    StepResult filler = new StepResult();
    filler.reset(new StepId(2, 3, 0, 0), 200, 0);
    while (link.rank().offer(filler) == Offer.SENT) {}
    StepResult small = new StepResult();
    small.reset(new StepId(2, 3, 0, 0), 0, 0);
    while (link.rank().offer(small) == Offer.SENT) {}
    offer(1);
    offer(2);

    loop.doWork();
    loop.doWork();
    assertEquals(List.of(1L), executed);

    poll();
    loop.doWork();
    loop.doWork();
    assertEquals(List.of(1L, 2L), executed);
    poll();
    assertEquals(new StepId(2, 3, 2, 0), results.getLast());
  }

  @Test
  void aStepThatFailsEndsTheLoopAndNamesTheStep() {
    offer(13);
    StepAborted aborted = assertThrows(StepAborted.class, loop::doWork);
    assertEquals(new StepId(2, 3, 13, 0), aborted.id());
    assertEquals("unlucky", aborted.getCause().getMessage());
  }

  @Test
  void endsWhenTheFrontHasClosedTheChannel() {
    link.front().close();
    assertThrows(AgentTerminationException.class, loop::doWork);
  }

  private void offer(long step) {
    StepPlan plan = new StepPlan();
    plan.reset(ADDRESS.epoch(), ADDRESS.incarnation(), step, 0);
    link.front().offer(plan);
  }

  /** Takes all there is; at the end of the ring one poll finds only the way back to its beginning. */
  private int poll() {
    results.clear();
    for (int empty = 0; empty < 2; ) {
      empty = link.front().poll(listener, 1_000) == 0 ? empty + 1 : 0;
    }
    return results.size();
  }

  private final ResultListener listener = new ResultListener() {
    @Override
    public void onHello(RankHello hello) {}

    @Override
    public void onResult(StepResult result) {
      results.add(result.id());
    }

    @Override
    public void onFailed(StepId id, String message) {}
  };
}
