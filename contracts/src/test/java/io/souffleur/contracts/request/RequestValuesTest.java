package io.souffleur.contracts.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.Collections;
import java.util.List;
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

  @Test
  void scoresAreLimitedAndNameWhatIsWrong() {
    refused("top_logprobs must be in [0, 20], got 21", () -> ScoreSpec.output(21));
    refused(
        "token_ids_logprob has 65 ids, allowed are at most 64",
        () -> new ScoreSpec(0, Collections.nCopies(65, 7), 1));
    refused("token_ids_logprob has the id -4", () -> new ScoreSpec(0, List.of(-4), 1));
    refused(
        "the first scored position must be at least 1, got 0",
        () -> new ScoreSpec(0, List.of(), 0));
    refused(
        "scores are off, but 1 ids and the prompt from 2147483647 are to be scored",
        () -> new ScoreSpec(ScoreSpec.OFF, List.of(1), ScoreSpec.OUTPUT_ONLY));
    var all = SamplingSpec.GREEDY.withScores(new ScoreSpec(20, List.of(), 1));
    refused(
        "scores of 59999 prompt tokens, 21 each, are 1259979, allowed are at most 1048576",
        () -> new GenerationRequest(
            new RequestId("r"), new int[60_000], new int[0], all, 1, new int[0]));
  }

  @Test
  void aRequestTellsWhereItsFirstScoreIs() {
    assertEquals(7, scored(ScoreSpec.NONE).firstScoredPosition());
    assertEquals(7, scored(ScoreSpec.output(3)).firstScoredPosition());
    assertEquals(2, scored(new ScoreSpec(0, List.of(), 2)).firstScoredPosition());
    assertEquals(7, scored(new ScoreSpec(0, List.of(), 5)).firstScoredPosition());
    assertEquals(3, new ScoreSpec(0, List.of(), 2).promptPlaces(5));
    assertEquals(24, new ScoreSpec(20, List.of(1, 2, 3), 2).entries());
  }

  private static GenerationRequest scored(ScoreSpec scores) {
    return new GenerationRequest(
        new RequestId("r"),
        new int[5],
        new int[2],
        SamplingSpec.GREEDY.withScores(scores),
        9,
        new int[0]);
  }
}
