package io.souffleur.benchmarks.scheduling;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.TokenSink;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Time from a step's result to the offer of the next one: what planning the next step while this one runs
 * could save at most. Apply, sink, prefix tree, admission, plan; without codec and transport.
 */
public final class PlanningBenchmark {
  private static final int PAGE_TOKENS = 64;
  private static final int PROMPT_TOKENS = 512;
  private static final int WARM_STEPS = 20_000;
  private static final int WINDOWS = 10;
  private static final int WINDOW_STEPS = 2_000;

  private PlanningBenchmark() {}

  /** Prints microseconds: the best and the median of ten windows. */
  public static void main(String[] arguments) {
    for (CacheSettings cache : List.of(CacheSettings.OFF, CacheSettings.ON)) {
      for (int sequences : new int[] {1, 16, 64}) {
        double[] micros = measure(sequences, cache);
        System.out.printf(
            Locale.ROOT,
            "%2d sequences, prefix cache %-3s: best %6.2f us, median %6.2f us%n",
            sequences,
            cache.enabled() ? "on" : "off",
            micros[0],
            micros[micros.length / 2]);
      }
    }
  }

  private static double[] measure(int sequences, CacheSettings cache) {
    int context = PROMPT_TOKENS + WARM_STEPS + WINDOWS * WINDOW_STEPS + 1_000;
    var settings = new EngineSettings(context, sequences, 512, 1_024, 1L << 30).cache(cache);
    var executor = new StampingExecutor();
    var loop = new EngineLoop(
        1,
        settings,
        new CacheLayout(PAGE_TOKENS, 64, 64),
        new CacheCapacity(sequences * (context / PAGE_TOKENS + 2), 6 * sequences),
        executor,
        System::nanoTime);
    for (int i = 0; i < sequences; i++) {
      submit(loop, i, context);
    }
    for (int i = 0; i < WARM_STEPS; i++) {
      loop.doWork();
    }
    if (executor.rows() != sequences) {
      throw new IllegalStateException(executor.rows() + " rows in a step, not " + sequences);
    }
    double[] micros = new double[WINDOWS];
    for (int window = 0; window < WINDOWS; window++) {
      executor.clear();
      for (int i = 0; i < WINDOW_STEPS; i++) {
        loop.doWork();
      }
      micros[window] = executor.meanGapMicros();
    }
    Arrays.sort(micros);
    return micros;
  }

  private static void submit(EngineLoop loop, int number, int context) {
    int[] prompt = new int[PROMPT_TOKENS];
    Arrays.setAll(prompt, i -> number * PROMPT_TOKENS + i);
    var request = new GenerationRequest(
        new RequestId("r" + number), prompt, new int[0], SamplingSpec.GREEDY, context, new int[] {-2
        });
    loop.inbox().submit(request, new Silent()).ifPresent(refusal -> {
      throw new IllegalStateException(refusal.toString());
    });
  }

  /** Hears and forgets. */
  private static final class Silent implements TokenSink {
    @Override
    public void onAccepted(RequestId id, long epoch) {}

    @Override
    public void onToken(RequestId id, long epoch, int token) {}

    @Override
    public void onToken(RequestId id, long epoch, int token, TokenScore score) {}

    @Override
    public void onPromptScores(
        RequestId id, long epoch, int firstPosition, List<TokenScore> scores) {}

    @Override
    public void onFinished(Finished finished) {
      throw new IllegalStateException(finished.toString());
    }

    @Override
    public void onLost(EngineLost lost) {
      throw new IllegalStateException(lost.toString());
    }
  }
}
