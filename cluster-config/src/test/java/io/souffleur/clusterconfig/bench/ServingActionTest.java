package io.souffleur.clusterconfig.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.bench.PlayedServer.Answer;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingWords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole client against a played server. */
class ServingActionTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private PlayedServer server;

  @TempDir
  private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = new PlayedServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path result() {
    return folder.resolve("result.jsonl");
  }

  private int run(String... more) throws LaunchError, InterruptedException {
    List<String> words = new ArrayList<>(List.of(
        "--base-url", server.url(), "--output-file", result().toString(), "--disable-tqdm"));
    words.addAll(List.of(more));
    return ServingAction.run(
        ServingWords.options(words), new PrintStream(out, true, UTF_8), System.err);
  }

  private JsonNode record() throws IOException {
    return new ObjectMapper().readTree(Files.readString(result()).replace("Infinity", "\"inf\""));
  }

  private static Answer generated(JsonNode body) {
    int tokens = body.path("sampling_params").path("max_new_tokens").asInt();
    return Answer.ok(
        "data: {\"text\":\"a\",\"meta_info\":{\"completion_tokens\":1}}\n\n",
        "data: {\"text\":\"ab\",\"meta_info\":{\"completion_tokens\":" + tokens + "}}\n\n",
        "data: [DONE]\n\n");
  }

  @Test
  void sendsTheSeedsLengthsAndPrintsThem() throws Exception {
    server.script("/generate", ServingActionTest::generated);
    server.script("/server_info", body -> Answer.ok("{\"version\":\"x\"}"));

    int code =
        run("--preset", "minicpm-1k-1k-c1", "--extra", "{\"rid\":\"r\"}", "--tokenize-prompt");

    assertEquals(0, code);
    String text = out.toString(UTF_8);
    assertTrue(text.contains("#Input tokens: 6101\n#Output tokens: 4220\n"), text);
    assertTrue(text.contains("prompts: text bundled with Souffleur"), text);
    assertTrue(text.contains("\nTotal generated tokens:                  4220      \n"), text);
    JsonNode warmUp = server.bodies.get(server.paths.indexOf("/generate"));
    assertEquals(32, warmUp.path("sampling_params").path("max_new_tokens").asInt());
    JsonNode first = server.bodies.get(server.paths.indexOf("/generate") + 1);
    assertEquals(145, first.path("sampling_params").path("max_new_tokens").asInt());
    assertEquals(38, first.path("input_ids").size());
    assertTrue(first.path("sampling_params").path("ignore_eos").asBoolean());
    assertEquals("r", first.path("rid").asText());
    JsonNode record = record();
    assertEquals("inf", record.path("request_rate").asText());
    assertEquals(10, record.path("completed").asInt());
    assertEquals(1, record.path("max_concurrency").asInt());
    assertEquals("x", record.path("server_info").path("version").asText());
    assertTrue(record.path("accept_length").isNull());
    assertTrue(record.path("p99_itl_ms").isNumber());
  }

  @Test
  void countsAndShowsErrors() throws Exception {
    AtomicInteger count = new AtomicInteger();
    server.script(
        "/v1/chat/completions",
        body -> count.incrementAndGet() % 2 == 0
            ? Answer.ok(
                "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n", "data: [DONE]\n\n")
            : new Answer(429, List.of("{\"error\":{\"message\":\"too many\"}}")));

    int code = run(
        "--backend",
        "vllm-chat",
        "--warmup-requests",
        "0",
        "--num-prompts",
        "4",
        "--max-concurrency",
        "1",
        "--output-details",
        "--sharegpt-output-len",
        "8");

    assertEquals(0, code);
    String text = out.toString(UTF_8);
    assertTrue(text.contains("Failed requests: 2 of 4\n  2 × HTTP 429: too many\n"), text);
    JsonNode record = record();
    assertEquals(2, record.path("failed").asInt());
    assertEquals("HTTP 429: too many", record.path("errors").get(0).asText());
    assertEquals("Hi", record.path("generated_texts").get(1).asText());
    assertEquals(8, record.path("output_lens").get(1).asInt());
    JsonNode body = server.bodies.get(server.paths.indexOf("/v1/chat/completions"));
    assertEquals("understudy", body.path("model").asText());
    assertEquals(8, body.path("max_completion_tokens").asInt());
    assertEquals("user", body.path("messages").get(0).path("role").asText());
  }

  @Test
  void endsWithOneWhenNothingSucceeded() throws Exception {
    int code = run("--backend", "sglang-oai", "--warmup-requests", "0", "--num-prompts", "2");

    assertEquals(1, code);
    assertEquals(0, record().path("completed").asInt());
    assertTrue(out.toString(UTF_8).contains("Failed requests: 2 of 2"));
  }

  @Test
  void warmUpMustSucceed() {
    LaunchError refused = assertThrows(LaunchError.class, () -> run("--num-prompts", "2"));

    assertTrue(refused.getMessage().startsWith("a warm-up request failed: HTTP 404"));
  }

  @Test
  void sharedPrefixesAreSharedAndPromptsAreNot() throws Exception {
    server.script("/generate", ServingActionTest::generated);

    run(
        "--dataset-name",
        "generated-shared-prefix",
        "--warmup-requests",
        "0",
        "--gsp-ordered",
        "--gsp-num-groups",
        "2",
        "--gsp-prompts-per-group",
        "2",
        "--gsp-system-prompt-len",
        "30",
        "--gsp-question-len",
        "5",
        "--gsp-output-len",
        "3",
        "--max-concurrency",
        "1");

    List<String> prompts = server.bodies.stream()
        .filter(body -> body.has("text"))
        .map(body -> body.path("text").asText())
        .toList();
    assertEquals(4, prompts.size());
    List<String> systems = prompts.stream()
        .map(text -> text.substring(0, text.lastIndexOf("\n\n")))
        .toList();
    assertEquals(systems.get(0), systems.get(1));
    assertEquals(systems.get(2), systems.get(3));
    assertFalse(systems.get(0).equals(systems.get(2)));
    assertFalse(prompts.get(0).equals(prompts.get(1)));
  }

  @Test
  void refusesHeadersThatCannotBeSent() {
    LaunchError refused =
        assertThrows(LaunchError.class, () -> run("--header", "Content-Length=3"));

    assertTrue(refused.getMessage().contains("--header [Content-Length]"), refused.getMessage());
  }

  @Test
  void saysThatNobodyAnswers() {
    server.close();

    LaunchError refused =
        assertThrows(LaunchError.class, () -> run("--ready-check-timeout-sec", "0"));

    assertTrue(refused.getMessage().startsWith("no answer from " + server.url() + "/v1/models"));
  }
}
