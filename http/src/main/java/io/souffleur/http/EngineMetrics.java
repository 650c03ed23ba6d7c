package io.souffleur.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineStatus;
import java.lang.management.ManagementFactory;
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
      "cache-hits",
      "cache-hit-tokens",
      "cache-pages-copied",
      "cache-pages-evicted",
      "cache-checkpoints-stored",
      "cache-checkpoints-evicted",
      "cache-flushes",
      "tier-exported",
      "tier-exports-dropped",
      "tier-imported",
      "tier-bytes-moved",
      "tier-restores",
      "tier-restores-given-up",
      "tier-tokens-restored",
      "tier-kv-records-not-whole",
      "tier-state-records-not-whole",
      "rank-starts",
      "rank-deaths",
      "rank-results-dropped",
      "replica-rebuilds");

  private final EngineClient client;
  private final MeterRegistry registry;
  private volatile EngineStatus status;
  private volatile double tokensPerSecond;
  private volatile double startSeconds;
  private volatile double retracted;
  private long lastTokens;
  private long lastNanos;

  EngineMetrics(EngineClient client, ServerFacts facts, MeterRegistry registry) {
    this.client = client;
    this.registry = registry;
    this.status = client.status();
    this.lastTokens = status.counter("tokens-generated");
    this.lastNanos = System.nanoTime();
    client
        .whenStarted()
        .thenRun(() -> startSeconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    registerLoad();
    registerMemory(facts.sizes());
    registerAbsent();
    total("sglang:num_retracted_requests_total", "preemptions");
    total("sglang:num_retracted_input_tokens_total", "retracted-prompt-tokens");
    total("sglang:num_retracted_output_tokens_total", "retracted-output-tokens");
    registerTokens(facts.sizes().pageTokens());
    OWN_TOTALS.forEach(name -> total("souffleur:" + name.replace('-', '_') + "_total", name));
  }

  private void registerLoad() {
    gauge("num_running_reqs", "Requests being computed.", EngineStatus::running);
    gauge("num_queue_reqs", "Requests that wait for their first step.", EngineStatus::waiting);
    gauge("gen_throughput", "Tokens per second since the scrape before.", now -> tokensPerSecond);
    gauge("num_retracted_reqs", "Requests retracted since the scrape before.", now -> retracted);
    gauge(
        "new_token_ratio",
        "How much of its limit a request is expected to generate.",
        now -> now.counter("new-token-ratio-permille") / 1e3);
    gauge("engine_startup_time", "Seconds until requests were served.", now -> startSeconds);
  }

  /** What running requests hold is in use; what is only kept for others can be had at any time. */
  private void registerMemory(ServerFacts.Sizes sizes) {
    int page = sizes.pageTokens();
    gauge("num_used_tokens", "Tokens in use.", now -> now.counter("pages-used") * page);
    gauge("kv_used_tokens", "Tokens in use.", now -> now.counter("pages-used") * page);
    gauge("kv_available_tokens", "Free tokens.", now -> now.counter("pages-free") * page);
    gauge("kv_evictable_tokens", "Kept tokens.", now -> now.counter("pages-cached") * page);
    gauge("token_usage", "Share of pages in use.", now -> share(now, "pages"));
    gauge("full_token_usage", "Share of pages in use.", now -> share(now, "pages"));
    gauge("mamba_usage", "Share of state slots in use.", now -> share(now, "slots"));
    gauge("mamba_used_tokens", "State slots in use.", now -> now.counter("slots-used"));
    gauge("mamba_available_tokens", "Free state slots.", now -> now.counter("slots-free"));
    gauge("mamba_evictable_tokens", "Kept states.", now -> now.counter("slots-cached"));
    gauge(
        "utilization",
        "Running requests of those that could run.",
        now -> (double) now.running() / sizes.runningMax());
    gauge("max_total_num_tokens", "Tokens that fit the cache.", now -> sizes.tokensMax());
    gauge("page_size", "Tokens of a page.", now -> page);
    gauge("num_pages", "Pages.", now -> (double) sizes.tokensMax() / page);
    gauge("context_len", "Longest context.", now -> client.model().contextTokens());
    gauge("engine_load_weights_time", "Seconds to load weights.", now -> sizes.loadSeconds());
  }

  /** Graphed by dashboards; there is nothing here that could be anything but none. */
  private void registerAbsent() {
    gauge("num_grammar_queue_reqs", "Requests that wait for a grammar.", now -> 0);
    gauge("num_paused_reqs", "Requests that are paused.", now -> 0);
    gauge("spec_accept_length", "Tokens accepted of a draft.", now -> 0);
    gauge("spec_accept_rate", "Share of drafts accepted.", now -> 0);
    gauge("is_cuda_graph", "Whether steps are recorded graphs.", now -> 0);
    FunctionCounter.builder("sglang:num_so_requests_total", this, each -> 0)
        .description("Requests with constrained output.")
        .tags(RANK)
        .register(registry);
  }

  private void registerTokens(int page) {
    FunctionCounter.builder(
            "sglang:evicted_tokens_total",
            this,
            each -> each.status.counter("cache-pages-evicted") * (double) page)
        .description("Kept tokens that gave way to others.")
        .tags(RANK)
        .register(registry);
    mode("prefill_cache", now -> now.counter("cache-hit-tokens"));
    mode("prefill_compute", now -> now.counter("rows-planned") - now.counter("rows-decoded"));
    mode("decode", now -> now.counter("rows-decoded"));
  }

  private void mode(String mode, ToDoubleFunction<EngineStatus> value) {
    FunctionCounter.builder(
            "sglang:realtime_tokens_total", this, each -> value.applyAsDouble(each.status))
        .description("Tokens as they come, by what was done for them.")
        .tags(RANK.and("mode", mode))
        .register(registry);
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
    double all = used + now.counter(what + "-free") + now.counter(what + "-cached");
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
    retracted = Math.max(0, now.counter("preemptions") - status.counter("preemptions"));
    status = now;
  }
}
