package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.ServingOptions.Backend;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ServingReaderTest {
  private static ServingOptions read(String... words) {
    return ServingWords.options(List.of(words));
  }

  private static String refusal(String... words) {
    return assertThrows(IllegalArgumentException.class, () -> read(words)).getMessage();
  }

  @Test
  void defaultsAreThoseOfTheOriginal() {
    ServingOptions options = read();

    assertEquals(Backend.SGLANG, options.target().backend());
    assertEquals("http://127.0.0.1:30000", options.target().baseUrl());
    assertEquals("sharegpt", options.data().name());
    assertEquals(1000, options.data().prompts());
    assertEquals(1024, options.data().random().inputTokens());
    assertEquals(1, options.data().seed());
    assertTrue(Double.isInfinite(options.load().requestsPerSecond()));
    assertEquals(OptionalInt.empty(), options.load().concurrencyMax());
    assertEquals(1, options.load().warmups());
    assertTrue(options.target().streams() && options.target().ignoresEos());
  }

  @Test
  void portFollowsTheBackend() {
    assertEquals(
        "http://127.0.0.1:8000", read("--backend", "vllm-chat").target().baseUrl());
    assertEquals("http://[::1]:9", read("--host", "::1", "--port", "9").target().baseUrl());
  }

  @Test
  void flagsWinOverThePreset() {
    ServingOptions options = read("--preset", "interns1-8k-1k-c64", "--num-prompts", "3");

    assertEquals("random", options.data().name());
    assertEquals(8000, options.data().random().inputTokens());
    assertEquals(1000, options.data().random().outputTokens());
    assertEquals(3, options.data().prompts());
    assertEquals(OptionalInt.of(64), options.load().concurrencyMax());
  }

  @Test
  void readsHeadersRatesAndPrefixes() {
    ServingOptions options = read(
        "--header",
        "A=1=2",
        "B=",
        "--request-rate",
        "2.5",
        "--random-in",
        "7",
        "--extra-request-body",
        "{\"top_k\":3}");

    assertEquals(Map.of("A", "1=2", "B", ""), options.target().headers());
    assertEquals(2.5, options.load().requestsPerSecond());
    assertEquals(7, options.data().random().inputTokens());
    assertEquals(Map.of("top_k", 3), options.target().extraBody());
  }

  @Test
  void refusesWhatItCannotSend() {
    assertTrue(refusal("--dataset-name", "image").contains("text only"));
    assertTrue(refusal("--backend", "trt").contains("wire format"));
    assertTrue(refusal("--request-rate", "0").contains("--request-rate"));
    assertTrue(refusal("--tokenize-prompt").contains("sharegpt"));
    assertTrue(refusal("--header", "x").contains("NAME=VALUE"));
    assertTrue(refusal("--base-url", "localhost:1").contains("http://"));
    assertTrue(refusal("--dataset-path", "/none").contains("no such file"));
    assertTrue(refusal("--profile").contains("no profiler"));
    assertTrue(refusal("--gsp-num-turns", "2").contains("several turns"));
  }
}
