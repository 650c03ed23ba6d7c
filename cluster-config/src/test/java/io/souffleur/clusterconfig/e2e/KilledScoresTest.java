package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.actors.EngineStatus;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sampled answers with penalties, biased logits and log-probabilities of prompt and output, across {@code
 * kill -9} of the rank: every token and every number is as without it, and none comes twice.
 */
class KilledScoresTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REQUESTS = 5;
  private static final int PROMPT = 600;
  private static final int NEW_TOKENS = 150;
  private static final int CHUNK = 64;
  private static RunningNode node;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.serve(
        LaunchWords.options(
            "--port",
            "0",
            "--isolation",
            "process",
            "--chunked-prefill-size",
            Integer.toString(CHUNK)),
        System.err);
    port = node.address().orElseThrow().getPort();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonNode generate(String body) {
    try (WireCall call = WireCall.post(port, "/generate", body.getBytes(StandardCharsets.UTF_8))) {
      String head = call.head();
      String answer = call.rest();
      assertTrue(head.startsWith("HTTP/1.1 200"), head + answer);
      return JSON.readTree(answer);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static String ids(int... ids) {
    return IntStream.of(ids).boxed().toList().toString();
  }

  /** A different prompt, seed and set of rules for each, the same in every round. */
  private static List<String> bodies() {
    Random random = new Random(23);
    int vocabulary = node.client().model().vocabularySize();
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String prompt = ids(random.ints(PROMPT, 0, vocabulary).toArray());
      bodies.add("{\"input_ids\": " + prompt + ", \"return_logprob\": true, \"logprob_start_len\": "
          + 100 * i + ", \"top_logprobs_num\": " + i + ", \"token_ids_logprob\": [7, 11],"
          + " \"sampling_params\": {\"temperature\": 0.9, \"top_p\": 0.95, \"sampling_seed\": " + i
          + ", \"frequency_penalty\": 0.4, \"presence_penalty\": 0.2, \"repetition_penalty\": 1.1,"
          + " \"min_new_tokens\": 5, \"ignore_eos\": true, \"max_new_tokens\": " + NEW_TOKENS
          + ", \"logit_bias\": {\"7\": 2.5, \"11\": -100}}}");
    }
    return bodies;
  }

  private static List<Future<JsonNode>> submit(ExecutorService clients) {
    return bodies().stream().map(body -> clients.submit(() -> generate(body))).toList();
  }

  private static List<JsonNode> answers(List<Future<JsonNode>> calls) throws Exception {
    List<JsonNode> answers = new ArrayList<>();
    for (Future<JsonNode> call : calls) {
      answers.add(call.get());
    }
    return answers;
  }

  private static void untilRows(long rows) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofMinutes(1))
        .until(() -> node.client().status().counter("rows-planned") >= rows);
  }

  @Test
  void everyTokenAndEveryScoreIsAsWithoutTheKills() throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<JsonNode> undisturbed = answers(submit(clients));
      EngineStatus before = node.client().status();
      long rows = before.counter("rows-planned");

      List<Future<JsonNode>> calls = submit(clients);
      untilRows(rows + 4 * CHUNK);
      RankProcesses.killTheOne();
      untilRows(rows + REQUESTS * (PROMPT - 100L) + 20);
      await().until(() -> RankProcesses.alive().size() == 1);
      RankProcesses.killTheOne();
      List<JsonNode> disturbed = answers(calls);

      EngineStatus after = node.client().status();
      assertEquals(before.rankIncarnation() + 2, after.rankIncarnation());
      assertEquals(before.epoch(), after.epoch());
      for (int i = 0; i < REQUESTS; i++) {
        assertSame(undisturbed.get(i), disturbed.get(i), i);
      }
    }
  }

  private static void assertSame(JsonNode undisturbed, JsonNode disturbed, int i) {
    assertEquals(NEW_TOKENS, undisturbed.path("output_ids").size());
    assertEquals(undisturbed.path("output_ids"), disturbed.path("output_ids"), "answer " + i);
    JsonNode scores = undisturbed.path("meta_info");
    assertEquals(PROMPT - 100 * i, scores.path("input_token_logprobs").size());
    assertEquals(NEW_TOKENS, scores.path("output_token_ids_logprobs").size());
    for (String side : List.of("input", "output")) {
      for (String kind : List.of("_token_logprobs", "_top_logprobs", "_token_ids_logprobs")) {
        assertEquals(
            scores.path(side + kind),
            disturbed.path("meta_info").path(side + kind),
            side + kind + " of answer " + i);
      }
    }
  }

  /** What was drawn with a score has that score when it is read as a prompt, through the whole server. */
  @Test
  void anAnswerReadAsAPromptHasTheScoresItWasDrawnWith() {
    String asked = "\"return_logprob\": true, \"sampling_params\": {\"temperature\": 0, ";
    JsonNode drawn = generate(
        "{\"input_ids\": [5, 6, 7], " + asked + "\"ignore_eos\": true, \"max_new_tokens\": 80}}");
    String whole = "[5, 6, 7, " + drawn.path("output_ids").toString().substring(1);

    JsonNode read = generate("{\"input_ids\": " + whole + ", \"logprob_start_len\": 2, " + asked
        + "\"max_new_tokens\": 0}}");

    JsonNode scores = drawn.at("/meta_info/output_token_logprobs");
    assertEquals(80, scores.size());
    JsonNode places = read.at("/meta_info/input_token_logprobs");
    assertEquals("[null,7,null]", places.get(0).toString());
    assertEquals(81, places.size());
    for (int i = 0; i < scores.size(); i++) {
      assertEquals(scores.get(i), places.get(i + 1), "place " + i);
    }
    assertEquals(0, read.path("output_ids").size());
  }
}
