package io.souffleur.actors;

import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.SpecialTokens;
import io.souffleur.tokenizer.StreamingDetokenizer;
import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateTraits;
import io.souffleur.tokenizer.TextAssets;
import io.souffleur.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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
        new Characters(), Optional.of(new Joining()), SpecialTokens.NONE, List.of());
  }

  static TextAssets withoutTemplate() {
    return new TextAssets(new Characters(), Optional.empty(), SpecialTokens.NONE, List.of());
  }

  /** One id per character; the text {@code boom} breaks it. */
  private static final class Characters implements Tokenizer {
    @Override
    public int[] encode(String text) {
      if (text.contains("boom")) {
        throw new IllegalStateException("the tokenizer is broken");
      }
      return text.chars().toArray();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
      return new String(ids, 0, ids.length);
    }

    @Override
    public StreamingDetokenizer detokenizer(boolean skipSpecialTokens) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int vocabularySize() {
      return 128;
    }

    @Override
    public int idLimit() {
      return 128;
    }

    @Override
    public byte[] tokenBytes(int id) {
      return new byte[] {(byte) id};
    }

    @Override
    public OptionalInt idOf(String token) {
      return OptionalInt.empty();
    }

    @Override
    public boolean isSpecial(int id) {
      return false;
    }

    @Override
    public boolean isAdded(int id) {
      return false;
    }
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
