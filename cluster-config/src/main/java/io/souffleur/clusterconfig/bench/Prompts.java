package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.tokenizer.TextAssets;
import java.util.List;

/**
 * The requests of a run, and the words that say where their text is from.
 *
 * @param source empty when the name of the data set says it all
 */
record Prompts(List<BenchRequest> requests, String source) {
  private static final String BUNDLED =
      "prompts: text bundled with Souffleur; give --dataset-path FILE for others";

  /** @param numpy as seeded; what is left of it times the arrivals */
  static Prompts make(ServingOptions.Data data, TextAssets text, NumpyRandom numpy)
      throws LaunchError {
    return switch (data.name()) {
      case "random" -> {
        Conversations conversations = Conversations.read(data.file());
        yield of(
            new RandomPrompts(data, text.tokenizer(), numpy).fromText(conversations),
            conversations);
      }
      case "random-ids" ->
        new Prompts(new RandomPrompts(data, text.tokenizer(), numpy).fromIds(), "");
      case "generated-shared-prefix" ->
        new Prompts(new SharedPrefixPrompts(data, text.tokenizer()).requests(), "");
      case "sharegpt" -> {
        Conversations conversations = Conversations.read(data.file());
        yield of(new ShareGptPrompts(data, text).from(conversations), conversations);
      }
      default -> throw new IllegalStateException("no data set " + data.name());
    };
  }

  private static Prompts of(List<BenchRequest> requests, Conversations conversations) {
    return new Prompts(requests, conversations.bundled() ? BUNDLED : "");
  }

  long inputTokens() {
    return requests.stream().mapToLong(BenchRequest::inputTokens).sum();
  }

  long outputTokens() {
    return requests.stream().mapToLong(BenchRequest::outputTokens).sum();
  }
}
