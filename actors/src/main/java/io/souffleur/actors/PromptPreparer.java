package io.souffleur.actors;

import io.souffleur.actors.PromptReply.Malformed;
import io.souffleur.actors.PromptReply.Prepared;
import io.souffleur.actors.PromptReply.TemplateRejected;
import io.souffleur.actors.PromptReply.TooLong;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.SharedPrefixes;
import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TextAssets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** Prompt jobs to tokens, as a function. Immutable; any thread. */
final class PromptPreparer {
  /** Enough ids for the text of a tail. */
  private static final int TAIL_IDS = 64;

  private final TextAssets text;
  private final ModelCard card;
  private final SharedPrefixes prefixes;

  PromptPreparer(TextAssets text, ModelCard card) {
    this.text = text;
    this.card = card;
    this.prefixes = new SharedPrefixes(text);
  }

  PromptReply prepare(PromptJob job) {
    return switch (job) {
      case PromptJob.Chat chat -> chat(chat);
      case PromptJob.Text raw -> tokenized(raw.text());
      case PromptJob.Ids ids -> checked(ids.ids(), () -> prepared(ids.ids(), tailOf(ids.ids())));
    };
  }

  private PromptReply chat(PromptJob.Chat chat) {
    Optional<ChatTemplate> template = text.chatTemplate();
    if (template.isEmpty()) {
      return new TemplateRejected("the model has no chat template; give it one by --chat-template");
    }
    try {
      String rendered = template
          .get()
          .render(
              chat.messages(), chat.tools(), chat.addGenerationPrompt(), chat.templateArguments());
      int[] ids = text.tokenizer().encode(rendered);
      int[] more = text.tokenizer().encode(chat.continuation());
      int[] all = Arrays.copyOf(ids, ids.length + more.length);
      System.arraycopy(more, 0, all, ids.length, more.length);
      return checked(
          all,
          () -> new Prepared(
              all,
              tail(rendered),
              prefixes.ofChat(
                  rendered, all, chat.messages(), chat.tools(), chat.templateArguments())));
    } catch (TemplateException refused) {
      return new TemplateRejected(refused.getMessage());
    }
  }

  private PromptReply tokenized(String rendered) {
    int[] ids = text.tokenizer().encode(rendered);
    return checked(ids, () -> prepared(ids, tail(rendered)));
  }

  private Prepared prepared(int[] ids, String tail) {
    return new Prepared(ids, tail, prefixes.of(ids));
  }

  private PromptReply checked(int[] ids, Supplier<Prepared> prepared) {
    if (ids.length == 0) {
      return new Malformed("the prompt is empty");
    }
    if (ids.length >= card.contextTokens()) {
      return new TooLong(ids.length, card.contextTokens());
    }
    for (int id : ids) {
      if (id < 0 || id >= card.vocabularySize()) {
        return new Malformed("token ids must be in [0, " + card.vocabularySize() + "), got " + id);
      }
    }
    return prepared.get();
  }

  /** A model may have more rows than its tokenizer has entries; those are no text. */
  private String tailOf(int[] ids) {
    int[] known = Arrays.stream(ids, Math.max(0, ids.length - TAIL_IDS), ids.length)
        .filter(id -> id < text.tokenizer().idLimit())
        .toArray();
    return tail(text.tokenizer().decode(known, false));
  }

  private static String tail(String whole) {
    int start = Math.max(0, whole.length() - Prepared.TAIL_CHARS);
    if (start > 0 && Character.isLowSurrogate(whole.charAt(start))) {
      start++;
    }
    return whole.substring(start);
  }
}
