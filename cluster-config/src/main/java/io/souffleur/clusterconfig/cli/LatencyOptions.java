package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code bench latency} measures: every combination of the sizes.
 *
 * @param launch the engine to measure
 * @param batchSizes requests in a batch
 * @param inputTokens prompt tokens of each request
 * @param outputTokens tokens each request generates
 * @param repeats timed runs
 * @param warmups runs before the timed ones
 * @param seed seed of the prompts' tokens
 * @param runName label in the result
 * @param result file that is appended to
 * @param words the command line, for the record
 */
public record LatencyOptions(
    LaunchOptions launch,
    List<Integer> batchSizes,
    List<Integer> inputTokens,
    List<Integer> outputTokens,
    int repeats,
    int warmups,
    long seed,
    String runName,
    Path result,
    List<String> words) {
  public LatencyOptions {
    batchSizes = List.copyOf(batchSizes);
    inputTokens = List.copyOf(inputTokens);
    outputTokens = List.copyOf(outputTokens);
    words = List.copyOf(words);
  }

  static LatencyOptions of(LaunchOptions launch, ParsedFlags flags, List<String> words) {
    return new LatencyOptions(
        launch,
        flags.counts("--batch-size"),
        flags.counts("--input-len"),
        flags.counts("--output-len"),
        flags.count("--repeats").orElseThrow(),
        flags.count("--warmup").orElseThrow(),
        flags.number("--seed").orElseThrow(),
        flags.textOrDefault("--run-name"),
        Path.of(flags.textOrDefault("--result-filename")),
        words);
  }
}
