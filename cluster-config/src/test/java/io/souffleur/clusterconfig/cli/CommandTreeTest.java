package io.souffleur.clusterconfig.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTreeTest {
  private final List<Object> seen = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    Actions actions = new Actions(
        (options, stream) -> record(options),
        (options, prompt, stream, errors) -> record(prompt),
        (options, stream) -> record(options),
        (paths, backend, stream) -> record(paths),
        (options, stream, errors) -> record(options),
        (options, stream, errors) -> record(options));
    return CommandTree.run(
        arguments, actions, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }

  private int record(Object value) {
    seen.add(value);
    return CommandTree.OK;
  }

  @Test
  void servesWithFlags() {
    assertEquals(0, run("serve", "--port", "8000", "--trust-remote-code"));
    assertEquals(8000, ((LaunchOptions) seen.getFirst()).server().port());
    assertEquals(
        "souffleur serve: --trust-remote-code has no effect: a JVM runs no code of a checkpoint\n",
        err.toString(UTF_8));
  }

  @Test
  void servesAPrintedCommandAsItIs() {
    assertEquals(0, run("python", "-m", "sglang.launch_server", "--port", "8000"));
    assertEquals(0, run("sglang", "serve", "--port", "8001"));
    assertEquals(8001, ((LaunchOptions) seen.getLast()).server().port());
  }

  @Test
  void endsWithTwoAndAUsageLineWhenFlagsCannotBeRead() {
    assertEquals(2, run("serve", "--prot", "1"));
    assertEquals("""
        usage: souffleur serve [--model-path DIR] [--port N] [flag …]
        souffleur serve: error: unrecognized arguments: --prot 1 (did you mean --port?)
        """, err.toString(UTF_8));
    assertTrue(seen.isEmpty());
  }

  @Test
  void endsWithOneWhenValuesDoNotGoTogether() {
    assertEquals(1, run("serve", "--page-size", "48"));
    assertTrue(err.toString(UTF_8).startsWith("souffleur serve: error: --page-size 48: must"));
    assertEquals(1, err.toString(UTF_8).lines().count());
  }

  @Test
  void generatesFromWords() {
    assertEquals(0, run("generate", "What is", "15% of 240?", "--max-tokens", "9"));
    Prompt prompt = (Prompt) seen.getFirst();
    assertEquals("What is 15% of 240?", prompt.text());
    assertEquals(9, prompt.tokensMax());
  }

  @Test
  void runsConformanceOnPaths() {
    assertEquals(0, run("conformance", "a", "b"));
    assertEquals(List.of(Path.of("a"), Path.of("b")), seen.getFirst());
  }

  @Test
  void asksForAPathOfConformance() {
    assertEquals(2, run("conformance"));
    assertTrue(err.toString(UTF_8).contains("souffleur conformance: error: "));
  }

  @Test
  void measuresBatchesOfSeveralSizes() {
    assertEquals(0, run("bench", "latency", "--batch", "1", "8", "--isolation", "thread"));
    LatencyOptions options = (LatencyOptions) seen.getFirst();
    assertEquals(List.of(1, 8), options.batchSizes());
    assertEquals(List.of(1024), options.inputTokens());
    assertEquals(ProcessOptions.Isolation.THREAD, options.launch().process().isolation());
  }

  @Test
  void measuresAServerAsAPrintedCommandSays() {
    assertEquals(
        0,
        run("python3", "-m", "sglang.bench_serving", "--backend", "sglang", "--num-prompts", "10"));
    assertEquals(10, ((ServingOptions) seen.getFirst()).data().prompts());
  }

  @Test
  void endsWithTwoWhenNothingIsToBeMeasured() {
    assertEquals(2, run("bench"));
    assertEquals(2, run("bench", "latency", "--batch-size", "0"));
    assertTrue(err.toString(UTF_8).contains("--batch-size"), err.toString(UTF_8));
  }

  @Test
  void printsTheVersion() {
    assertEquals(0, run("version"));
    assertTrue(out.toString(UTF_8).startsWith("souffleur 0."), out.toString(UTF_8));
  }

  @Test
  void showsHelp() {
    assertEquals(0, run("serve", "--help"));
    assertTrue(out.toString(UTF_8).contains("--model-path, --model DIR"));
    assertEquals(0, run("--help"));
    assertTrue(out.toString(UTF_8).contains("conformance"));
  }

  @Test
  void namesAnUnknownCommand() {
    assertEquals(2, run("sevre"));
    assertTrue(err.toString(UTF_8).contains("sevre"), err.toString(UTF_8));
  }
}
