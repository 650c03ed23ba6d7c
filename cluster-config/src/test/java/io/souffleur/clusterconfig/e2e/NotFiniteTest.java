package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.e2e.NotFiniteModel.Bits;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.contracts.request.SamplingSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Numbers that are not finite in one sequence, over HTTP with the real model: one token of its prompt is
 * NaN, or one that it draws is infinite. That request fails by name; its neighbours, and whoever gets its
 * memory, answer with the same bits as on the healthy model.
 */
class NotFiniteTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String SICK = "What is ¤ + 4?";
  private static final String FALLS_SICK = "What is the capital of France?";
  private static final List<String> HEALTHY =
      List.of("What is 2 + 3?", "What is 17 + 25?", "Hello!", "What is 8 + 9?");
  private static final String NAMED = "Internal server error: the model's numbers are not finite";

  /** So small that everybody gets memory that somebody else had. */
  private static final String[] SMALL = {
    "--port", "0", "--max-running-requests", "6", "--max-total-tokens", "1024"
  };

  @TempDir
  private static Path folder;

  private static RunningNode node;
  private static List<JsonNode> undisturbed;
  private static int tokensBefore;

  @BeforeAll
  static void start() throws Exception {
    Map<Integer, Bits> tokens;
    NotFiniteModel.write(Files.createDirectory(folder.resolve("healthy")), Map.of());
    try (RunningNode healthy = serve(folder.resolve("healthy"))) {
      undisturbed = await(HEALTHY.stream().map(text -> whole(healthy, text)).toList());
      tokens = tokens(healthy);
    }
    NotFiniteModel.write(Files.createDirectory(folder.resolve("sick")), tokens);
    node = serve(folder.resolve("sick"));
  }

  private static RunningNode serve(Path model) throws Exception {
    List<String> words = new ArrayList<>(List.of(SMALL));
    words.addAll(List.of("--model-path", model.toString()));
    return RunningNode.serve(LaunchWords.options(words.toArray(String[]::new)), System.err);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** A token of the sick prompt and one that the other draws, which nobody else has anything of. */
  private static Map<Integer, Bits> tokens(RunningNode healthy) {
    Set<Integer> taken = new TreeSet<>();
    for (String text : HEALTHY) {
      addAll(taken, prompt(healthy, text));
      addAll(taken, answer(healthy, text));
    }
    addAll(taken, prompt(healthy, FALLS_SICK));
    int nan = first(prompt(healthy, SICK), 0, taken);
    int[] answer = answer(healthy, FALLS_SICK);
    int infinite = first(answer, 1, taken);
    tokensBefore = 1
        + IntStream.range(0, answer.length)
            .filter(i -> answer[i] == infinite)
            .findFirst()
            .orElseThrow();
    return Map.of(nan, Bits.NAN, infinite, Bits.INFINITY);
  }

  private static void addAll(Set<Integer> taken, int[] tokens) {
    IntStream.of(tokens).forEach(taken::add);
  }

  private static int first(int[] tokens, int from, Set<Integer> taken) {
    return IntStream.of(tokens)
        .skip(from)
        .filter(token -> !taken.contains(token))
        .findFirst()
        .orElseThrow();
  }

  private static int[] prompt(RunningNode on, String text) {
    var assets = on.model().text();
    return assets
        .tokenizer()
        .encode(assets
            .chatTemplate()
            .orElseThrow()
            .render(List.of(Map.of("role", "user", "content", text)), List.of(), true, Map.of()));
  }

  private static int[] answer(RunningNode on, String text) {
    return Stream.ask(on, prompt(on, text), 24, SamplingSpec.GREEDY).await();
  }

  // ---- HTTP ----

  private static String body(String text, boolean stream) {
    ObjectNode body = JSON.createObjectNode()
        .put("max_tokens", 24)
        .put("temperature", 0)
        .put("ignore_eos", true)
        .put("logprobs", true)
        .put("top_logprobs", 5)
        .put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body.toString();
  }

  private static CompletableFuture<HttpResponse<String>> post(
      RunningNode on, String path, String body) {
    return CLIENT.sendAsync(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + on.address().orElseThrow().getPort() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static CompletableFuture<HttpResponse<String>> chat(
      RunningNode on, String text, boolean stream) {
    return post(on, "/v1/chat/completions", body(text, stream));
  }

  /** The choices of a whole answer: text, tokens, log-probabilities. */
  private static CompletableFuture<JsonNode> whole(RunningNode on, String text) {
    return chat(on, text, false).thenApply(response -> {
      assertEquals(200, response.statusCode(), response.body());
      return json(response.body()).path("choices");
    });
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (java.io.IOException unreadable) {
      throw new AssertionError(text, unreadable);
    }
  }

  private static <T> List<T> await(List<CompletableFuture<T>> all) {
    return all.stream().map(CompletableFuture::join).toList();
  }

  private static List<CompletableFuture<JsonNode>> neighbours() {
    return HEALTHY.stream().map(text -> whole(node, text)).toList();
  }

  /** @param error the whole body, or what a stream has under {@code error} */
  private static void assertNamed(JsonNode error, int tokens) {
    assertEquals(
        NAMED + " after " + tokens + " tokens", error.path("message").textValue(), error::toString);
    assertEquals("error", error.path("object").textValue());
    assertEquals(500, error.path("code").intValue());
    assertEquals("InternalServerError", error.path("type").textValue());
  }

  /** Log-probabilities included; too long to be printed. */
  private static void assertUndisturbed(List<JsonNode> answers) {
    for (int i = 0; i < HEALTHY.size(); i++) {
      assertEquals(24, answers.get(i).get(0).path("logprobs").path("content").size());
      assertTrue(undisturbed.get(i).equals(answers.get(i)), HEALTHY.get(i));
    }
  }

  private static List<String> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring("data: ".length()))
        .toList();
  }

  // ---- tests ----

  @Test
  void aWholeAnswerIsAnErrorThatNamesIt() {
    HttpResponse<String> prompt = chat(node, SICK, false).join();
    assertEquals(500, prompt.statusCode());
    assertNamed(json(prompt.body()), 0);

    HttpResponse<String> later = chat(node, FALLS_SICK, false).join();
    assertEquals(500, later.statusCode());
    assertNamed(json(later.body()), tokensBefore);
  }

  @Test
  void aStreamEndsWithAnErrorThatNamesIt() {
    for (String text : List.of(SICK, FALLS_SICK)) {
      List<String> events = events(chat(node, text, true).join().body());

      assertEquals("[DONE]", events.getLast());
      assertNamed(
          json(events.get(events.size() - 2)).path("error"), text.equals(SICK) ? 0 : tokensBefore);
    }
  }

  @Test
  void theOtherEndpointsNameItToo() {
    int[] ids = prompt(node, SICK);
    String array = IntStream.of(ids).boxed().toList().toString();

    HttpResponse<String> completion = post(
            node, "/v1/completions", "{\"max_tokens\":4,\"prompt\":" + array + "}")
        .join();
    HttpResponse<String> generated = post(
            node,
            "/generate",
            "{\"sampling_params\":{\"max_new_tokens\":4},\"input_ids\":" + array + "}")
        .join();

    assertEquals(500, completion.statusCode());
    assertTrue(completion.body().contains(NAMED), completion.body());
    assertEquals(500, generated.statusCode());
    assertTrue(generated.body().contains(NAMED), generated.body());
  }

  @Test
  void neighboursAndSuccessorsHaveTheBitsOfTheHealthyModel() {
    long failed = node.client().status().counter("requests-failed");
    for (int round = 0; round < 4; round++) {
      List<CompletableFuture<JsonNode>> neighbours = neighbours();
      var sick = chat(node, SICK, round % 2 == 0);
      var fallsSick = chat(node, FALLS_SICK, round % 2 == 1);

      assertUndisturbed(await(neighbours));
      assertTrue(sick.join().body().contains(NAMED));
      assertTrue(fallsSick.join().body().contains(NAMED));
      assertUndisturbed(await(neighbours()));
    }

    var status = node.client().status();
    assertEquals(8, status.counter("requests-failed") - failed);
    assertEquals(0, status.counter("rank-deaths"));
    assertEquals(0, status.counter("pages-used") + status.counter("slots-used"));
  }
}
