package io.souffleur.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.souffleur.actors.EngineClient;
import io.souffleur.http.openai.Usage;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What is counted: per request here, of the engine at the moment of a scrape.
 *
 * <p>Names are those that operators of the reference server graph; what only exists here is named
 * {@code souffleur:}. Labels never hold anything that a client chose. Safe for any thread.
 */
final class ServerMetrics {
  private static final double[] FIRST_TOKEN_SECONDS = {
    0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400
  };
  private static final double[] WHOLE_SECONDS = {
    0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400, 600, 1200, 1800, 2400
  };
  private static final double[] BETWEEN_TOKENS_SECONDS = {
    0.002, 0.004, 0.006, 0.008, 0.010, 0.015, 0.020, 0.025, 0.030, 0.035, 0.040, 0.060, 0.080,
    0.100, 0.200, 0.400, 0.600, 0.800, 1, 2, 4, 6, 8
  };
  private static final double[] QUEUE_SECONDS = {
    0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000
  };
  private static final double[] TOKENS = {
    1, 10, 50, 100, 200, 400, 700, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000,
    256_000
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final EngineMetrics engine;
  private final Timer queueTime;
  private final Timer firstToken;
  private final Timer betweenTokens;
  private final Timer whole;
  private final DistributionSummary promptTokensEach;
  private final DistributionSummary uncachedTokensEach;
  private final DistributionSummary generatedTokensEach;
  private final Counter promptTokens;
  private final Counter generatedTokens;
  private final Counter cachedTokens;
  private final Counter requests;
  private final Counter aborted;

  ServerMetrics(EngineClient client, ServerFacts facts) {
    registry
        .config()
        .commonTags("model_name", client.model().servedName(), "engine_type", "unified");
    this.engine = new EngineMetrics(client, facts, registry);
    this.queueTime = timer("queue_time", "From submission to the first step.", QUEUE_SECONDS);
    this.firstToken = timer("time_to_first_token", "From request to token.", FIRST_TOKEN_SECONDS);
    this.betweenTokens =
        timer("inter_token_latency", "From token to token.", BETWEEN_TOKENS_SECONDS);
    this.whole = timer("e2e_request_latency", "From request to end.", WHOLE_SECONDS);
    this.promptTokensEach = summary("prompt_tokens_histogram", "Prompt tokens of a request.");
    this.uncachedTokensEach =
        summary("uncached_prompt_tokens_histogram", "Prompt tokens that had to be computed.");
    this.generatedTokensEach =
        summary("generation_tokens_histogram", "Generated tokens of a request.");
    this.promptTokens = counter("prompt_tokens_total", "Prompt tokens of ended requests.");
    this.generatedTokens = counter("generation_tokens_total", "Tokens generated.");
    this.cachedTokens = Counter.builder("sglang:cached_tokens_total")
        .description("Prompt tokens that a cache held.")
        .tag("cache_source", "device")
        .register(registry);
    Gauge.builder("sglang:cache_hit_rate", this, ServerMetrics::hitRate)
        .description("Share of prompt tokens that a cache held.")
        .register(registry);
    this.requests = counter("num_requests_total", "Requests that reached the engine and ended.");
    this.aborted = counter("num_aborted_requests_total", "Requests ended before their end.");
  }

  private double hitRate() {
    double all = promptTokens.count();
    return all == 0 ? 0 : cachedTokens.count() / all;
  }

  private Timer timer(String name, String what, double[] borders) {
    Duration[] objectives = Arrays.stream(borders)
        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
        .toArray(Duration[]::new);
    return Timer.builder("sglang:" + name)
        .description(what)
        .serviceLevelObjectives(objectives)
        .register(registry);
  }

  private DistributionSummary summary(String name, String what) {
    return DistributionSummary.builder("sglang:" + name)
        .description(what)
        .serviceLevelObjectives(TOKENS)
        .register(registry);
  }

  private Counter counter(String name, String what) {
    return Counter.builder("sglang:" + name).description(what).register(registry);
  }

  /** @param queuedNanos from submission to the first step */
  void onStarted(long queuedNanos) {
    queueTime.record(queuedNanos, TimeUnit.NANOSECONDS);
  }

  void onFirstTokens(int count, long nanosSinceRequest) {
    firstToken.record(nanosSinceRequest, TimeUnit.NANOSECONDS);
    generatedTokens.increment(count);
  }

  /** Tokens that came together share the time since the ones before. */
  void onNextTokens(int count, long nanosSinceLast) {
    for (int i = 0; i < count; i++) {
      betweenTokens.record(nanosSinceLast / count, TimeUnit.NANOSECONDS);
    }
    generatedTokens.increment(count);
  }

  /** @param complete whether the answer came to its own end */
  void onEnded(Usage usage, long nanosSinceRequest, boolean complete) {
    requests.increment();
    promptTokens.increment(usage.promptTokens());
    cachedTokens.increment(usage.cachedTokens());
    if (complete) {
      whole.record(nanosSinceRequest, TimeUnit.NANOSECONDS);
      promptTokensEach.record(usage.promptTokens());
      uncachedTokensEach.record(usage.promptTokens() - usage.cachedTokens());
      generatedTokensEach.record(usage.completionTokens());
    } else {
      aborted.increment();
    }
  }

  /** All of it in the text form of Prometheus. */
  String scrape() {
    engine.refresh();
    return registry.scrape();
  }
}
