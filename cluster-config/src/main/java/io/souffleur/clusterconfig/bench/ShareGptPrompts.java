package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.TextAssets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prompts as people wrote them, with answers as long as those of the conversations. */
final class ShareGptPrompts {
  /** Shorter ones say nothing. */
  private static final int TOKENS_MIN = 2;

  private final ServingOptions.Data options;
  private final TextAssets text;

  ShareGptPrompts(ServingOptions.Data options, TextAssets text) {
    this.options = options;
    this.text = text;
  }

  /**
   * Shuffled; bundled conversations are used again and again, with their number in front, while a file
   * may have fewer than asked for.
   */
  List<BenchRequest> from(Conversations conversations) throws LaunchError {
    List<Conversations.Turn> turns = new ArrayList<>(conversations.turns());
    new PythonRandom(options.seed()).shuffle(turns);
    List<BenchRequest> requests = new ArrayList<>();
    for (int round = 0; requests.size() < options.prompts(); round++) {
      int before = requests.size();
      for (Conversations.Turn turn : turns) {
        if (requests.size() == options.prompts()) {
          break;
        }
        String prompt = round == 0 ? turn.prompt() : "(" + round + ") " + turn.prompt();
        request(prompt, turn.answer()).ifPresent(requests::add);
      }
      if (requests.size() == before || !conversations.bundled()) {
        break;
      }
    }
    if (requests.isEmpty()) {
      throw new LaunchError("the data set has no conversation that fits --sharegpt-context-len");
    }
    return requests;
  }

  private Optional<BenchRequest> request(String prompt, String answer) throws LaunchError {
    String sent = options.chatTemplate() ? wrapped(prompt) : prompt;
    int inputTokens = text.tokenizer().encode(sent).length;
    int outputTokens =
        options.shareGptOutputTokens().orElseGet(() -> text.tokenizer().encode(answer).length);
    boolean fits = options.shareGptContextTokens().isEmpty()
        || inputTokens + outputTokens <= options.shareGptContextTokens().getAsInt();
    return fits && inputTokens >= TOKENS_MIN && outputTokens >= TOKENS_MIN
        ? Optional.of(new BenchRequest(sent, Optional.empty(), inputTokens, outputTokens))
        : Optional.empty();
  }

  private String wrapped(String prompt) throws LaunchError {
    Optional<ChatTemplate> template = text.chatTemplate();
    if (template.isEmpty()) {
      throw new LaunchError("--apply-chat-template: the tokenizer's folder has no chat template");
    }
    return template
        .get()
        .render(List.of(Map.of("role", "user", "content", prompt)), List.of(), true, Map.of());
  }
}
