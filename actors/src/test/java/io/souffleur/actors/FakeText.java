package io.souffleur.actors;

import io.souffleur.tokenizer.AsciiTokenizer;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.SpecialTokens;
import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateTraits;
import io.souffleur.tokenizer.TextAssets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tokenizer of characters and a template that joins what it gets. */
final class FakeText {
  static final ModelCard CARD = new ModelCard(
      "hash",
      Path.of("hash"),
      100,
      HashModel.VOCABULARY,
      List.of(),
      ModelCard.SamplingDefaults.OPENAI,
      Optional.empty(),
      Optional.empty());

  private FakeText() {}

  static TextAssets assets() {
    return new TextAssets(
        new AsciiTokenizer(), Optional.of(new Joining()), SpecialTokens.NONE, List.of());
  }

  static TextAssets withoutTemplate() {
    return new TextAssets(new AsciiTokenizer(), Optional.empty(), SpecialTokens.NONE, List.of());
  }

  private static final class Joining implements ChatTemplate {
    @Override
    public String render(
        List<?> messages, List<?> tools, boolean addGenerationPrompt, Map<String, ?> kwargs) {
      if (messages.isEmpty()) {
        throw new TemplateException(TemplateException.Reason.RAISED, "no messages");
      }
      return messages + (kwargs.containsKey("enable_thinking") ? "<think>\n" : "");
    }

    @Override
    public String source() {
      return "";
    }

    @Override
    public TemplateTraits traits() {
      return TemplateTraits.detect("");
    }
  }
}
