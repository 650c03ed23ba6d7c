package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.transport.StepsFuzz;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bytes of a stranger against everything that reads them.
 *
 * <p>By default the seeds and some thousand mutations of them. The long run is guided by coverage and
 * done by Jazzer in a process of its own for each target; what it learns stays in {@code target/fuzz}:
 * {@code ./mvnw -pl http -am -Pfuzz test -Dfuzz.minutes=10}, the minutes being those of all together.
 */
class FuzzTest {
  private static final int MUTATIONS = 3_000;
  private static final long SEED = 20261122;
  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final int INPUT_BYTES_MAX = 4_096;
  private static final int INPUT_SECONDS_MAX = 60;
  private static final int START_SECONDS_MAX = 300;

  /** What is fuzzed, and words that help. */
  enum Target {
    BODIES(BodiesFuzz.class, BodiesFuzz::fuzzerTestOneInput, BodiesFuzz::seeds),
    ANSWERS(AnswersFuzz.class, AnswersFuzz::fuzzerTestOneInput, AnswersFuzz::seeds),
    TEMPLATES(TemplatesFuzz.class, TemplatesFuzz::fuzzerTestOneInput, TemplatesFuzz::seeds),
    DETOKENIZER(DetokenizerFuzz.class, DetokenizerFuzz::fuzzerTestOneInput, DetokenizerFuzz::seeds),
    MESSAGES(MessagesFuzz.class, MessagesFuzz::fuzzerTestOneInput, MessagesFuzz::seeds),
    STEPS(StepsFuzz.class, StepsFuzz::fuzzerTestOneInput, StepsFuzz::seeds);

    private final Class<?> type;
    private final Consumer<byte[]> body;
    private final Supplier<List<byte[]>> seeds;

    Target(Class<?> type, Consumer<byte[]> body, Supplier<List<byte[]>> seeds) {
      this.type = type;
      this.body = body;
      this.seeds = seeds;
    }
  }

  private static final List<String> WORDS = List.of(
      "<think>",
      "</think>",
      "<tool_call>",
      "</tool_call>",
      "<function=",
      "note",
      "lookup",
      "</function>",
      "<parameter=",
      "title",
      "count",
      "</parameter>",
      "<|action_start|> <|plugin|>",
      "<|action_end|>",
      "\"name\"",
      "\"arguments\"",
      "\"parameters\"",
      "\\u",
      "\\ud83d",
      "STOP",
      "\"messages\"",
      "\"role\"",
      "\"content\"",
      "\"tools\"",
      "\"stream\"",
      "null",
      "true",
      "[[",
      "{\"",
      "{%",
      "%}",
      "{{",
      "}}",
      "{#",
      "-%}",
      "for ",
      " in ",
      "endfor",
      "if ",
      "endif",
      "set ",
      "endset",
      "macro ",
      "endmacro",
      "namespace(",
      "loop.",
      "|tojson",
      "|join",
      "|map(",
      "|sort",
      "range(",
      ".split(",
      ".format(",
      " is ",
      " not ",
      "raise_exception(",
      "**",
      "//");

  @ParameterizedTest
  @EnumSource(Target.class)
  void seedsAndTheirMutationsFindNothing(Target target) {
    List<byte[]> seeds = target.seeds.get();
    seeds.forEach(target.body);
    Random random = new Random(SEED);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] input = seeds.get(random.nextInt(seeds.size()));
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        input = mutated(input, seeds, random);
      }
      try {
        target.body.accept(input);
      } catch (RuntimeException | Error found) {
        throw new AssertionError(
            "seed " + SEED + ", input " + i + ": " + new String(input, StandardCharsets.ISO_8859_1),
            found);
      }
    }
  }

  private static byte[] mutated(byte[] input, List<byte[]> seeds, Random random) {
    if (input.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(input.length);
    int to = Math.min(input.length, at + 1 + random.nextInt(16));
    return switch (random.nextInt(6)) {
      case 0 -> {
        byte[] changed = input.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield changed;
      }
      case 1 -> spliced(input, at, new byte[] {(byte) random.nextInt()}, at);
      case 2 -> spliced(input, at, new byte[0], to);
      case 3 -> spliced(input, to, Arrays.copyOfRange(input, at, to), to);
      case 4 -> {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        yield spliced(input, at, word.getBytes(StandardCharsets.UTF_8), at);
      }
      default -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length + 1);
        yield spliced(input, at, Arrays.copyOfRange(other, from, other.length), input.length);
      }
    };
  }

  /** {@code input} with {@code part} instead of what stands from {@code at} to {@code to}. */
  private static byte[] spliced(byte[] input, int at, byte[] part, int to) {
    byte[] spliced = Arrays.copyOf(input, at + part.length + input.length - to);
    System.arraycopy(part, 0, spliced, at, part.length);
    System.arraycopy(input, to, spliced, at + part.length, input.length - to);
    return spliced;
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  @EnabledIfSystemProperty(named = "fuzz.minutes", matches = "[0-9.]+", disabledReason = "long run")
  void aRunGuidedByCoverageFindsNothing(Target target) throws Exception {
    double minutes = Double.parseDouble(System.getProperty("fuzz.minutes"));
    long seconds = Math.max(1, Math.round(minutes * 60 / Target.values().length));
    Path corpus = Files.createDirectories(FOLDER.resolve("corpus-" + target));
    List<byte[]> seeds = target.seeds.get();
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(corpus.resolve("seed-" + i), seeds.get(i));
    }
    Path log = FOLDER.resolve(target + ".log");

    Process process = new ProcessBuilder(command(target, corpus, seconds))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    try {
      assertTrue(
          process.waitFor(seconds + START_SECONDS_MAX, TimeUnit.SECONDS), "no end: see " + log);
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log, StandardCharsets.ISO_8859_1);
    System.out.println(target + ": " + summary(said));
    assertEquals(0, process.exitValue(), () -> "see " + log + "\n" + tail(said));
  }

  private static List<String> command(Target target, Path corpus, long seconds) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Xm") && !flag.startsWith("-D"))
        .forEach(command::add);
    command.addAll(List.of(
        "-Xmx1g",
        "-XX:+EnableDynamicAgentLoading",
        "-cp",
        classPath,
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + target.type.getName(),
        "--instrumentation_includes=io.souffleur.**",
        "--custom_hook_includes=io.souffleur.**",
        "--reproducer_path=" + FOLDER,
        "-artifact_prefix=" + FOLDER + File.separator + target + "-",
        "-max_total_time=" + seconds,
        "-max_len=" + INPUT_BYTES_MAX,
        "-timeout=" + INPUT_SECONDS_MAX,
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        "-dict=" + dictionary(),
        corpus.toString()));
    return command;
  }

  private static Path dictionary() throws IOException {
    return Files.write(
        FOLDER.resolve("words.txt"),
        WORDS.stream()
            .map(word -> "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
            .toList());
  }

  /** The last progress line and the counts behind it. */
  private static String summary(String said) {
    String progress =
        said.lines().filter(line -> line.contains(" cov: ")).reduce("", (one, next) -> next);
    return progress.strip()
        + said.lines()
            .filter(line -> line.startsWith("stat::number_of_executed_units"))
            .collect(Collectors.joining());
  }

  private static String tail(String said) {
    return said.substring(Math.max(0, said.length() - 4_000));
  }
}
