package io.souffleur.clusterconfig.e2e;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.e2e.TierCall.Answer;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The small model of cache tests, prompts for it, and servers that keep their prefixes in a folder. */
final class TierModel {
  private static final int VOCABULARY = 1_000;

  private final Path model;
  private final Path cache;

  /** @param folder for the model and for the files of the cache */
  TierModel(Path folder) throws Exception {
    model = CacheModel.into(folder.resolve("model"));
    cache = folder.resolve("cache");
  }

  Path cache() {
    return cache;
  }

  /** A server without a cache of any kind. */
  RunningNode plain(String... more) throws Exception {
    return start(List.of("--disable-radix-cache"), more);
  }

  /** A server that keeps prefixes in the folder. */
  RunningNode keeping(String... more) throws Exception {
    return start(List.of("--cache-dir", cache.toString()), more);
  }

  /** A server whose tier is as {@code more} says. */
  RunningNode tiered(String... more) throws Exception {
    return start(List.of(), more);
  }

  private RunningNode start(List<String> words, String... more) throws Exception {
    return RunningNode.quiet(LaunchWords.options(words(words, more)), System.err);
  }

  String[] words(List<String> words, String... more) {
    List<String> own = List.of(
        "--model-path",
        model.toString(),
        "--load-format",
        "dummy",
        "--cpu-threads",
        "1",
        "--max-running-requests",
        "4");
    return Stream.of(own.stream(), words.stream(), Arrays.stream(more))
        .flatMap(each -> each)
        .toArray(String[]::new);
  }

  /** Seeded prompts of these lengths, with nothing in common. */
  static List<int[]> prompts(int... lengths) {
    List<int[]> prompts = new ArrayList<>();
    for (int length : lengths) {
      prompts.add(new Random(length).ints(length, 0, VOCABULARY).toArray());
    }
    return prompts;
  }

  /** One after the other. */
  static List<Answer> ask(RunningNode node, List<int[]> prompts) {
    List<Answer> answers = new ArrayList<>();
    for (int[] prompt : prompts) {
      answers.add(TierCall.ask(node.system(), node.client(), prompt).await());
    }
    return answers;
  }

  static long counter(RunningNode node, String name) {
    return node.client().status().counter(name);
  }
}
