package io.souffleur.tokenizer;

import io.souffleur.tokenizer.jinja.Limits;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns a conversation into the text a model was trained on.
 *
 * <p>All data are plain JSON trees: {@code Map<String, Object>} in key order, {@code List},
 * {@code String}, {@code Boolean}, {@code Long}, {@code BigInteger}, {@code Double}, and
 * {@code null} for JSON's null (so {@code List.of} and {@code Map.of} fit only without nulls).
 * {@code Integer} and {@code Float} are taken too. Trees are read, never changed, and not kept.
 *
 * <p>Implementations are immutable and safe for use by any number of threads. Rendering is bounded
 * in steps, depth and output length.
 */
public interface ChatTemplate {
  /**
   * Renders a conversation.
   *
   * @param messages as in the OpenAI API, with one change: {@code tool_calls[].function.arguments} is
   *     a map, not JSON text
   * @param tools as in the OpenAI API; an empty list is passed to the template as none
   * @param addGenerationPrompt ends the text with the header of the assistant's turn
   * @param kwargs further names for the template, such as {@code enable_thinking}; may not contain
   *     {@code chat_template} (a template comes from the operator, never from a request) nor the
   *     names of the other parameters
   * @throws TemplateException with a message for the client
   */
  String render(
      List<?> messages, List<?> tools, boolean addGenerationPrompt, Map<String, ?> kwargs);

  /** Parses a template's text, with the spellings that it sees as {@code bos_token} and so on. */
  static ChatTemplate parse(String source, SpecialTokens specialTokens, Clock clock) {
    return new JinjaChatTemplate(
        new TemplateText(source, Optional.empty()), specialTokens, Limits.DEFAULT, clock);
  }

  /** The template's text; of a named list, the one used when there are no tools. */
  String source();

  /** The traits of {@link #source}. */
  TemplateTraits traits();
}
