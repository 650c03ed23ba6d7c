package io.souffleur.clusterconfig.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.cli.ServingWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole client against the embedded model. */
class ServingEmbeddedTest {
  private static RunningNode node;

  @TempDir
  private Path folder;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.serve(
        LaunchWords.options("--port", "0", "--isolation", "thread", "--max-total-tokens", "8192"),
        System.err);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sglang", "sglang-oai-chat"})
  void measuresEveryRequest(String backend) throws Exception {
    Path result = folder.resolve("result.jsonl");
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    int code = ServingAction.run(
        ServingWords.options(List.of(
            "--backend",
            backend,
            "--base-url",
            "http://127.0.0.1:" + node.address().orElseThrow().getPort() + "/",
            "--dataset-name",
            "random",
            "--num-prompts",
            "5",
            "--random-input",
            "60",
            "--random-output",
            "12",
            "--max-concurrency",
            "3",
            "--output-details",
            "--output-file",
            result.toString())),
        new PrintStream(out, true, UTF_8),
        System.err);

    assertEquals(0, code, out.toString(UTF_8));
    assertTrue(out.toString(UTF_8).contains("Successful requests:                     5  "));
    JsonNode record =
        new ObjectMapper().readTree(Files.readString(result).replace("Infinity", "\"inf\""));
    assertEquals(0, record.path("failed").asInt());
    assertTrue(record.path("mean_ttft_ms").asDouble() > 0);
    assertTrue(record.path("mean_e2e_latency_ms").asDouble()
        >= record.path("mean_ttft_ms").asDouble());
    int asked = record.path("total_output_tokens").asInt();
    assertEquals(5, record.path("output_lens").size());
    assertTrue(asked >= 5 && asked <= 60, "output tokens: " + asked);
  }
}
