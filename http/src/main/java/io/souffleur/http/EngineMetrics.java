package io.souffleur.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Numbers of the engine: one snapshot per scrape, so that they fit together.
 *
 * <p>Refreshed by whoever scrapes; the meters read what was refreshed last.
 */
final class EngineMetrics {
  private static final Tags RANK = Tags.of("tp_rank", "0", "pp_rank", "0", "moe_ep_rank", "0");

  /** Totals of the engine that have no name in the reference server. */
  private static final List<String> OWN_TOTALS = List.of(
      "requests-accepted",
      "requests-rejected",
      "requests-completed",
      "requests-failed",
      "requests-cancelled",
      "requests-lost",
      "steps",
      "steps-replayed",
      "stale-results",
      "rows-planned",
      "rows-replayed",
      "rows-discarded",
      "rank-starts",
      "rank-deaths",
      "rank-results-dropped",
      "replica-rebuilds");

  private final EngineClient client;
  private final MeterRegistry registry;
  private volatile EngineStatus status;
  private volatile double tokensPerSecond;
  private long lastTokens;
  private long lastNanos;

  EngineMetrics(EngineClient client, ServerFacts facts, MeterRegistry registry) {
    this.client = client;
    this.registry = registry;
    this.status = client.status();
    this.lastTokens = status.counter("tokens-generated");
    this.lastNanos = System.nanoTime();
    int page = facts.pageTokens();
    gauge("num_running_reqs", "Requests being computed.", EngineStatus::running);
    gauge("num_queue_reqs", "Requests that wait for their first step.", EngineStatus::waiting);
    gauge("num_used_tokens", "Tokens in the cache.", now -> now.counter("pages-used") * page);
    gauge("kv_used_tokens", "Tokens in pages.", now -> now.counter("pages-used") * page);
    gauge("kv_available_tokens", "Free tokens.", now -> now.counter("pages-free") * page);
    gauge("token_usage", "Share of pages in use.", now -> share(now, "pages"));
    gauge("full_token_usage", "Share of pages in use.", now -> share(now, "pages"));
    gauge("mamba_usage", "Share of state slots in use.", now -> share(now, "slots"));
    gauge("mamba_used_tokens", "State slots in use.", now -> now.counter("slots-used"));
    gauge("mamba_available_tokens", "Free state slots.", now -> now.counter("slots-free"));
    gauge("gen_throughput", "Tokens per second since the scrape before.", now -> tokensPerSecond);
    gauge("max_total_num_tokens", "Tokens that fit the cache.", now -> facts.tokensMax());
    gauge("page_size", "Tokens of a page.", now -> page);
    gauge("context_len", "Longest context.", now -> client.model().contextTokens());
    total("sglang:num_retracted_requests_total", "preemptions");
    OWN_TOTALS.forEach(name -> total("souffleur:" + name.replace('-', '_') + "_total", name));
  }

  private void gauge(String name, String what, ToDoubleFunction<EngineStatus> value) {
    Gauge.builder("sglang:" + name, this, each -> value.applyAsDouble(each.status))
        .description(what)
        .tags(RANK)
        .register(registry);
  }

  private void total(String name, String counter) {
    FunctionCounter.builder(name, this, each -> each.status.counter(counter))
        .description("Total of " + counter + ".")
        .tags(RANK)
        .register(registry);
  }

  private static double share(EngineStatus now, String what) {
    double used = now.counter(what + "-used");
    double all = used + now.counter(what + "-free");
    return all == 0 ? 0 : used / all;
  }

  synchronized void refresh() {
    EngineStatus now = client.status();
    long nanos = System.nanoTime();
    long tokens = now.counter("tokens-generated");
    if (nanos - lastNanos >= 1_000_000_000L) {
      tokensPerSecond = Math.max(0, tokens - lastTokens) * 1e9 / (nanos - lastNanos);
      lastTokens = tokens;
      lastNanos = nanos;
    }
    status = now;
  }
}
