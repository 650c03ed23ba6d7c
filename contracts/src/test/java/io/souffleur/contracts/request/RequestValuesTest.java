package io.souffleur.contracts.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestValuesTest {
  private static void refused(String message, Executable construction) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, construction).getMessage());
  }

  @Test
  void samplingNamesTheValueThatIsOutOfRange() {
    refused(
        "temperature must be a finite number >= 0, got NaN",
        () -> new SamplingSpec(Float.NaN, 1, 0, 0, 0, 0));
    refused(
        "temperature must be a finite number >= 0, got -1.0",
        () -> new SamplingSpec(-1, 1, 0, 0, 0, 0));
    refused("top_p must be in (0, 1], got 0.0", () -> new SamplingSpec(1, 0, 0, 0, 0, 0));
    refused("min_p must be in [0, 1], got 1.5", () -> new SamplingSpec(1, 1, 1.5f, 0, 0, 0));
    refused("top_k must be 0 (off) or positive, got -1", () -> new SamplingSpec(1, 1, 0, -1, 0, 0));
  }

  @Test
  void requestsNeedAPromptAndRoomForAToken() {
    var id = new RequestId("a");
    int[] none = new int[0];
    refused(
        "a request needs at least one prompt token",
        () -> new GenerationRequest(id, none, none, SamplingSpec.GREEDY, 1, none));
    refused(
        "max_new_tokens must be at least 1, got 0",
        () -> new GenerationRequest(id, new int[1], none, SamplingSpec.GREEDY, 0, none));
  }

  @Test
  void checkpointHintsRiseWithinThePrompt() {
    assertEquals(2, hinted(10, new int[] {3, 9}).checkpointHints().length);
    String rule = "checkpoint hints must rise strictly within [1, 10), got ";
    refused(rule + "10 after 0", () -> hinted(10, new int[] {10}));
    refused(rule + "0 after 0", () -> hinted(10, new int[] {0, 3}));
    refused(rule + "3 after 3", () -> hinted(10, new int[] {3, 3}));
    int[] many = IntStream.rangeClosed(1, 33).toArray();
    refused("a request has at most 32 checkpoint hints, got 33", () -> hinted(100, many));
  }

  @Test
  void cacheNamespacesHaveALimit() {
    int[] none = new int[0];
    refused(
        "a cache namespace has at most 1024 characters, got 1025",
        () -> new GenerationRequest(
            new RequestId("a"),
            new int[3],
            none,
            SamplingSpec.GREEDY,
            9,
            none,
            OptionalInt.empty(),
            "x".repeat(1_025),
            none));
  }

  private static GenerationRequest hinted(int promptTokens, int[] hints) {
    int[] none = new int[0];
    return new GenerationRequest(
        new RequestId("a"),
        new int[promptTokens],
        none,
        SamplingSpec.GREEDY,
        9,
        none,
        OptionalInt.empty(),
        "tenant",
        hints);
  }

  @Test
  void tokensGeneratedElsewhereAreKnown() {
    int[] none = new int[0];
    var request = new GenerationRequest(
        new RequestId("a"), new int[3], new int[2], SamplingSpec.GREEDY, 9, none);

    assertEquals(5, request.knownTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   "})
  void idsAreNotBlank(String value) {
    assertThrows(IllegalArgumentException.class, () -> new RequestId(value));
  }

  @Test
  void idsHaveALimit() {
    assertEquals(128, new RequestId("x".repeat(128)).toString().length());
    assertThrows(IllegalArgumentException.class, () -> new RequestId("x".repeat(129)));
  }

  @Test
  void cacheSizesAreMultiplesOfACacheLine() {
    refused("cache layout of 64 tokens, 100 B pages, 0 B slots", () -> new CacheLayout(64, 100, 0));
    refused("cache capacity of 0 pages, 2 slots", () -> new CacheCapacity(0, 2));
  }
}
