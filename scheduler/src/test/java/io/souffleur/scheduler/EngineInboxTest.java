package io.souffleur.scheduler;

import static io.souffleur.scheduler.EngineFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EngineInboxTest {
  private static Rejected refusal(EngineFixture engine, String id, int promptTokens) {
    return engine.trySubmit(id, promptTokens, 1, new RecordingSink()).orElseThrow();
  }

  @Test
  void refusesAPromptThatLeavesNoRoomInTheContext() {
    var engine = new EngineFixture(settings(8, 1, 4), 8);

    Rejected refusal = refusal(engine, "a", 8);

    assertEquals(RejectReason.TOO_LONG, refusal.reason());
    assertEquals(
        "the prompt has 8 tokens, the context of 8 leaves no room for an answer", refusal.detail());
    assertEquals(7, refusal.epoch());
  }

  @Test
  void refusesWhatNeverFitsWithTheNumbers() {
    var engine = new EngineFixture(settings(64, 1, 4), 2);

    Rejected refusal = refusal(engine, "a", 9);

    assertEquals(RejectReason.NEVER_FITS, refusal.reason());
    assertTrue(refusal.detail().contains("9 tokens, all cache pages together hold 8"));
    assertTrue(refusal.detail().contains("--max-total-tokens"));
  }

  @Test
  void acceptsAPromptThatFillsThePool() {
    var engine = new EngineFixture(settings(64, 1, 16), 2);
    RecordingSink sink = engine.submit("a", 8, 5);
    engine.step();

    engine.finish(11);

    assertEquals(List.of("accepted", "token 11", "finished LENGTH stop -1 of 8+1"), sink.events);
  }

  @Test
  void refusesWhenTooManyRequestsWait() {
    var engine = new EngineFixture(settings(64, 1, 4), 8);
    for (int i = 0; i < 8; i++) {
      engine.submit("r" + i, 2, 1);
    }

    Rejected refusal = refusal(engine, "ninth", 2);

    assertEquals(RejectReason.QUEUE_FULL, refusal.reason());
    assertEquals("8 requests wait already (--max-queued-requests)", refusal.detail());
    engine.step();
    engine.submit("ninth", 2, 1);
    assertEquals(8, engine.loop.inbox().waitingRequests());
    assertEquals(1, engine.counters().rejected());
    assertEquals(9, engine.counters().accepted());
  }

  @Test
  void refusesWhenTooManyPromptTokensWaitButNeverIntoAnEmptyQueue() {
    var engine = new EngineFixture(new EngineSettings(64, 1, 4, 8, 10), 16);
    engine.submit("large", 12, 1);

    Rejected refusal = refusal(engine, "b", 1);

    assertEquals(RejectReason.QUEUE_FULL, refusal.reason());
    engine.step();
    engine.submit("b", 6, 1);
    engine.submit("c", 4, 1);
    assertEquals(RejectReason.QUEUE_FULL, refusal(engine, "d", 1).reason());
  }

  @Test
  void refusesAnIdThatIsStillRunningAndTakesItAfterwards() {
    var engine = new EngineFixture(settings(64, 1, 4), 8);
    engine.submit("a", 2, 1);

    assertEquals(RejectReason.DUPLICATE_ID, refusal(engine, "a", 2).reason());
    engine.step();
    engine.finish(11);
    engine.submit("a", 2, 1);
    assertEquals(1, engine.loop.inbox().waitingRequests());
  }

  @Test
  void refusesNewRequestsWhileDrainingAndEndsTheOldOnes() {
    var engine = new EngineFixture(settings(64, 1, 4), 8);
    RecordingSink sink = engine.submit("a", 2, 1);
    engine.loop.inbox().startDraining();

    assertEquals(RejectReason.DRAINING, refusal(engine, "b", 2).reason());
    engine.step();
    engine.finish(11);

    assertEquals("finished LENGTH stop -1 of 2+1", sink.last());
    assertEquals(0, engine.loop.inbox().liveRequests());
  }

  @Test
  void tellsEveryLiveRequestOnceWhenTheLoopIsAbandoned() {
    var engine = new EngineFixture(settings(64, 1, 4), 8);
    RecordingSink running = engine.submit("a", 2, 9);
    RecordingSink waiting = engine.submit("b", 2, 9);
    engine.step();
    RecordingSink arriving = engine.submit("c", 2, 9);

    engine.loop.inbox().abandon();
    engine.loop.inbox().abandon();

    assertEquals(List.of("accepted", "lost in epoch 7"), running.events);
    assertEquals(List.of("accepted", "lost in epoch 7"), waiting.events);
    assertEquals(List.of("lost in epoch 7"), arriving.events);
    assertEquals(RejectReason.NOT_READY, refusal(engine, "d", 2).reason());
    assertEquals(3, engine.counters().lost());
  }

  @Test
  void ignoresAbortsOfUnknownIds() {
    var engine = new EngineFixture(settings(64, 1, 4), 8);

    engine.loop.inbox().abort(new RequestId("nobody"));

    assertEquals("none", engine.step());
  }

  @Test
  void endsARequestAtOnceWhoseGeneratedTokensReachTheLimitAlready() {
    var engine = new EngineFixture(settings(64, 1, 4), 8);
    var sink = new RecordingSink();
    var request = new GenerationRequest(
        new RequestId("a"), new int[] {1, 2}, new int[] {3}, SamplingSpec.GREEDY, 1, new int[0]);

    assertTrue(engine.loop.inbox().submit(request, sink).isEmpty());
    engine.step();

    assertEquals(List.of("accepted", "finished LENGTH stop -1 of 2+1"), sink.events);
  }

  @Test
  void countsExactlyWhenManyThreadsSubmit() throws Exception {
    var engine = new EngineFixture(new EngineSettings(64, 1, 4, 100, 1_000_000), 8);
    int threads = 4;
    int each = 500;
    var accepted = new AtomicInteger();
    var refused = new AtomicInteger();
    var start = new CountDownLatch(1);
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        int thread = t;
        pool.execute(() -> {
          try {
            start.await();
            for (int i = 0; i < each; i++) {
              var refusal = engine.trySubmit("t" + thread + "-" + i, 2, 1, new RecordingSink());
              (refusal.isEmpty() ? accepted : refused).incrementAndGet();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
      }
      start.countDown();
      pool.shutdown();
      assertTrue(pool.awaitTermination(30, TimeUnit.SECONDS));
    }

    assertEquals(threads * each, accepted.get() + refused.get());
    assertEquals(100, accepted.get());
    assertEquals(100, engine.loop.inbox().liveRequests());
    assertEquals(accepted.get(), engine.counters().accepted());
    assertEquals(refused.get(), engine.counters().rejected());
  }
}
