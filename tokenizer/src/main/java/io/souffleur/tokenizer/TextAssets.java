package io.souffleur.tokenizer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything a checkpoint folder says about text. Immutable; shared by all threads.
 *
 * @param tokenizer from {@code tokenizer.json}
 * @param chatTemplate the folder's template or the operator's; empty when there is none
 * @param specialTokens the roles named by {@code tokenizer_config.json}
 * @param stopTokenIds ids that end an answer, ascending, each once: the union of the end tokens of
 *     {@code generation_config.json}, {@code config.json} (with its {@code text_config}) and
 *     {@code tokenizer_config.json}
 */
public record TextAssets(
    Tokenizer tokenizer,
    Optional<ChatTemplate> chatTemplate,
    SpecialTokens specialTokens,
    List<Integer> stopTokenIds) {
  public TextAssets {
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(chatTemplate, "chatTemplate");
    Objects.requireNonNull(specialTokens, "specialTokens");
    stopTokenIds = List.copyOf(stopTokenIds);
  }
}
