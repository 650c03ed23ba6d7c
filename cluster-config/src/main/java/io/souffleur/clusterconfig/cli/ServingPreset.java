package io.souffleur.clusterconfig.cli;

import java.util.List;
import java.util.Optional;

/**
 * A text row of the published benchmarks of MiniCPM-V 4.6 and Intern-S1 by name: random prompts of at
 * most so many tokens in and out, all sent at once, so many at a time.
 */
record ServingPreset(
    String name, int inputTokens, int outputTokens, int prompts, int concurrencyMax) {
  static final List<ServingPreset> ALL = List.of(
      new ServingPreset("minicpm-1k-1k-c1", 1_000, 1_000, 10, 1),
      new ServingPreset("minicpm-1k-1k-c100", 1_000, 1_000, 1_000, 100),
      new ServingPreset("interns1-1k-1k-c1", 1_000, 1_000, 10, 1),
      new ServingPreset("interns1-1k-1k-c16", 1_000, 1_000, 80, 16),
      new ServingPreset("interns1-1k-1k-c100", 1_000, 1_000, 500, 100),
      new ServingPreset("interns1-1k-8k-c1", 1_000, 8_000, 10, 1),
      new ServingPreset("interns1-1k-8k-c16", 1_000, 8_000, 80, 16),
      new ServingPreset("interns1-1k-8k-c64", 1_000, 8_000, 320, 64),
      new ServingPreset("interns1-8k-1k-c1", 8_000, 1_000, 10, 1),
      new ServingPreset("interns1-8k-1k-c16", 8_000, 1_000, 80, 16),
      new ServingPreset("interns1-8k-1k-c64", 8_000, 1_000, 320, 64));

  static String[] names() {
    return ALL.stream().map(ServingPreset::name).toArray(String[]::new);
  }

  static ServingPreset named(String name) {
    return ALL.stream().filter(preset -> preset.name.equals(name)).findFirst().orElseThrow();
  }

  /** What the preset says about a flag. */
  Optional<String> value(String flag) {
    return switch (flag) {
      case "--dataset-name" -> Optional.of("random");
      case "--random-input-len" -> Optional.of(Integer.toString(inputTokens));
      case "--random-output-len" -> Optional.of(Integer.toString(outputTokens));
      case "--num-prompts" -> Optional.of(Integer.toString(prompts));
      case "--max-concurrency" -> Optional.of(Integer.toString(concurrencyMax));
      default -> Optional.empty();
    };
  }
}
