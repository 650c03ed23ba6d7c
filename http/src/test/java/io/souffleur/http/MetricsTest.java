package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricsTest {

  /** Values by name without labels; of histograms the last bucket, which counts all. */
  private static Map<String, Double> scraped(Served served) {
    Map<String, Double> values = new TreeMap<>();
    for (String line : served.get("/metrics").body().split("\n")) {
      if (!line.startsWith("#")) {
        String name = line.substring(0, line.indexOf('{'));
        values.put(name, Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
      }
    }
    return values;
  }

  @Test
  void countsRequestsAndTheirTokens() {
    try (Served served = new Served()) {
      served.engine.script = submission -> submission.answer("abc", 1);
      served.post("/generate", "{\"text\": \"prompt\"}");
      await().until(() -> scraped(served).get("sglang:num_requests_total") == 1);

      Map<String, Double> values = scraped(served);
      assertEquals(6, values.get("sglang:prompt_tokens_total"));
      assertEquals(3, values.get("sglang:generation_tokens_total"));
      assertEquals(0, values.get("sglang:num_aborted_requests_total"));
      assertEquals(1, values.get("sglang:time_to_first_token_seconds_count"));
      assertEquals(1, values.get("sglang:time_to_first_token_seconds_bucket"));
      assertEquals(2, values.get("sglang:inter_token_latency_seconds_count"));
      assertEquals(1, values.get("sglang:e2e_request_latency_seconds_count"));
      assertEquals(6, values.get("sglang:prompt_tokens_histogram_sum"));
      assertEquals(4, values.get("sglang:generation_tokens_histogram_sum"));
    }
  }

  @Test
  void showsTheEngineInSglangsNames() {
    try (Served served = new Served()) {
      served.engine.running = 3;
      String body = served.get("/metrics").body();
      assertTrue(
          body.contains("sglang:num_running_reqs{engine_type=\"unified\",model_name=\"test/model\","
              + "moe_ep_rank=\"0\",pp_rank=\"0\",tp_rank=\"0\"} 3.0"),
          body);
      Map<String, Double> values = scraped(served);
      for (String name : List.of(
          "num_queue_reqs",
          "token_usage",
          "full_token_usage",
          "mamba_usage",
          "gen_throughput",
          "cache_hit_rate",
          "max_total_num_tokens",
          "kv_evictable_tokens",
          "mamba_evictable_tokens",
          "utilization",
          "num_pages",
          "new_token_ratio",
          "num_retracted_reqs",
          "num_so_requests_total",
          "num_retracted_input_tokens_total",
          "num_retracted_output_tokens_total",
          "engine_startup_time",
          "evicted_tokens_total",
          "realtime_tokens_total",
          "num_retracted_requests_total")) {
        assertTrue(values.containsKey("sglang:" + name), name);
      }
      assertTrue(values.containsKey("souffleur:rank_deaths_total"));
      assertTrue(served
          .get("/metrics")
          .headers()
          .firstValue("Content-Type")
          .orElse("")
          .startsWith("text/plain"));
    }
  }

  @Test
  void tellsWhatWasCachedAndHowLongRequestsWaited() {
    try (Served served = new Served()) {
      served.engine.script = submission -> {
        submission.accept();
        submission.started(new GenerationEvent.Start(4, 250_000_000), 'o', 'k');
        submission.finish(FinishReason.LENGTH, GenerationEvent.Finished.NO_STOP, 4);
      };
      served.post("/generate", "{\"text\": \"prompt\"}");
      await().until(() -> scraped(served).get("sglang:num_requests_total") == 1);

      Map<String, Double> values = scraped(served);
      assertEquals(4, values.get("sglang:cached_tokens_total"));
      assertEquals(4.0 / 6, values.get("sglang:cache_hit_rate"));
      assertEquals(0.25, values.get("sglang:queue_time_seconds_sum"));
      assertEquals(2, values.get("sglang:uncached_prompt_tokens_histogram_sum"));
    }
  }

  @Test
  void whatIsOnlyKeptIsNotInUse() {
    try (Served served = new Served()) {
      served.engine.counters = Map.of(
          "pages-used",
          1L,
          "pages-free",
          1L,
          "pages-cached",
          2L,
          "slots-used",
          3L,
          "slots-free",
          0L,
          "slots-cached",
          1L,
          "cache-pages-evicted",
          5L);
      Map<String, Double> values = scraped(served);

      assertEquals(0.25, values.get("sglang:token_usage"));
      assertEquals(0.75, values.get("sglang:mamba_usage"));
      assertEquals(2, values.get("sglang:kv_evictable_tokens"));
      assertEquals(1, values.get("sglang:mamba_evictable_tokens"));
      assertEquals(5, values.get("sglang:evicted_tokens_total"));
    }
  }

  @Test
  void countsARequestWhoseClientLeft() throws Exception {
    try (Served served = new Served()) {
      served.engine.script = ScriptedEngine.Submission::accept;
      try (RawClient raw = new RawClient(served.port)) {
        raw.send(RawClient.post("/generate", "", "{\"text\": \"x\", \"stream\": true}"))
            .readUntil("\r\n\r\n");
      }
      await()
          .atMost(Served.DEADLINE)
          .until(() -> scraped(served).get("sglang:num_aborted_requests_total") == 1);
    }
  }
}
