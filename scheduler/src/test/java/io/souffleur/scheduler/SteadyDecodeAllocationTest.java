package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Decoding allocates no heap, however long it goes on, page borders included. */
class SteadyDecodeAllocationTest {
  private static final int SEQUENCES = 8;
  private static final int WARM_STEPS = 3_000;
  private static final int WINDOWS = 8;

  /** Many page borders lie in each. */
  private static final int WINDOW_STEPS = 1_000;

  private static final int MEASURED_STEPS = WINDOWS * WINDOW_STEPS;

  /** Runs a step inside offer, like a local rank. */
  private static final class EchoExecutor implements StepExecutor {
    private final StepResult result = new StepResult();
    private boolean waits;

    @Override
    public boolean offer(StepPlan plan) {
      result.reset(plan);
      for (int run = 0; run < plan.runCount(); run++) {
        if (plan.runDraws(run)) {
          result.token(run, 1 + plan.runSeat(run));
        }
      }
      waits = true;
      return true;
    }

    @Override
    public int poll(StepHandler handler, int limit) {
      if (!waits) {
        return 0;
      }
      waits = false;
      handler.onStepResult(result);
      return 1;
    }

    @Override
    public int depth() {
      return 1;
    }

    @Override
    public int incarnation() {
      return 1;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class CountingSink implements TokenSink {
    private long tokens;

    @Override
    public void onAccepted(RequestId id, long epoch) {}

    @Override
    public void onToken(RequestId id, long epoch, int token) {
      tokens++;
    }

    @Override
    public void onToken(RequestId id, long epoch, int token, TokenScore score) {
      throw new AssertionError("nobody asked for " + score);
    }

    @Override
    public void onFinished(Finished finished) {
      throw new AssertionError(finished.toString());
    }

    @Override
    public void onLost(EngineLost lost) {
      throw new AssertionError(lost.toString());
    }
  }

  @Test
  void allocatesNothingPerToken() {
    checkWindows(CacheSettings.OFF, 2 * SEQUENCES);
  }

  /** Pages and states go into the tree, and old states give way. */
  @Test
  void allocatesNothingPerTokenWhileItKeepsPrefixes() {
    checkWindows(CacheSettings.ON, 6 * SEQUENCES);
  }

  private static void checkWindows(CacheSettings cache, int slots) {
    int context = WARM_STEPS + MEASURED_STEPS + 100;
    var settings = new EngineSettings(context, SEQUENCES, 64, 64, 100_000).cache(cache);
    var loop = new EngineLoop(
        1,
        settings,
        new CacheLayout(16, 64, 64),
        new CacheCapacity(SEQUENCES * context / 16 + SEQUENCES, slots),
        new EchoExecutor(),
        System::nanoTime);
    var sink = new CountingSink();
    for (int i = 0; i < SEQUENCES; i++) {
      loop.inbox()
          .submit(
              new GenerationRequest(
                  new RequestId("r" + i),
                  new int[] {1, 2, 3},
                  new int[0],
                  SamplingSpec.GREEDY,
                  context,
                  new int[] {99}),
              sink);
    }
    for (int i = 0; i < WARM_STEPS; i++) {
      loop.doWork();
    }
    long tokensBefore = sink.tokens;

    long leastBytes = Long.MAX_VALUE;
    for (int window = 0; window < WINDOWS; window++) {
      leastBytes = Math.min(leastBytes, bytesOf(loop));
    }

    assertEquals((long) MEASURED_STEPS * SEQUENCES, sink.tokens - tokensBefore);
    assertEquals(0, leastBytes, "bytes allocated in every window of " + WINDOW_STEPS + " steps");
  }

  /** Bytes this thread takes in one window; the compiler, not the loop, may take some in the first. */
  private static long bytesOf(EngineLoop loop) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < WINDOW_STEPS; i++) {
      loop.doWork();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
