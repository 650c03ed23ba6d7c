package io.souffleur.clusterconfig.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.cli.LatencyOptions;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchWords;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded model, measured with few tokens. */
class LatencyActionTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @TempDir
  private Path folder;

  private int run(LatencyOptions options) throws LaunchError, InterruptedException {
    return LatencyAction.run(options, new PrintStream(out, true, UTF_8), System.err);
  }

  private LatencyOptions options(List<Integer> batches, int inputTokens) {
    return new LatencyOptions(
        LaunchWords.options("--isolation", "thread", "--max-total-tokens", "4096"),
        batches,
        List.of(inputTokens),
        List.of(24),
        2,
        1,
        1,
        "test",
        folder.resolve("result.jsonl"),
        List.of("--batch-size", "1", "3"));
  }

  @Test
  void printsARowAndAppendsALineForEachBatch() throws Exception {
    int code = run(options(List.of(1, 3), 40));

    assertEquals(0, code);
    List<String> rows = out.toString(UTF_8).lines().toList();
    assertEquals(4, rows.size(), out.toString(UTF_8));
    assertTrue(rows.get(2).startsWith("     1      40      24 "), rows.get(2));
    List<String> lines = Files.readAllLines(folder.resolve("result.jsonl"));
    assertEquals(2, lines.size());
    JsonNode first = new ObjectMapper().readTree(lines.getFirst());
    assertTrue(first.path("decode_throughput").asDouble() > 0);
    JsonNode line = new ObjectMapper().readTree(lines.getLast());
    assertEquals(3, line.path("batch_size").asInt());
    assertEquals("thread", line.path("isolation").asText());
    assertEquals(2, line.path("ttft_ms_runs").size());
    assertTrue(line.has("decode_throughput"));
    assertTrue(line.path("prefill_throughput").asDouble() > 0);
    assertTrue(line.path("latency_s").asDouble() * 1000 > line.path("ttft_ms").asDouble());
    assertEquals("--batch-size", line.path("flags").get(0).asText());
  }

  @Test
  void refusesABatchThatTheContextCannotHold() {
    LaunchError refused =
        assertThrows(LaunchError.class, () -> run(options(List.of(1), 9_000_000)));

    assertTrue(
        refused.getMessage().startsWith("--input-len 9000000 and --output-len 24 are 9000024"));
  }
}
