package io.souffleur.actors;

import java.util.List;
import java.util.Map;

/** What a prompt is made from. */
public sealed interface PromptJob {
  /**
   * A conversation for the chat template. The trees are plain JSON (see {@code ChatTemplate}) and
   * belong to the receiver: nobody changes them afterwards.
   *
   * @param messages as in the OpenAI API, {@code arguments} of tool calls as a map
   * @param tools as in the OpenAI API; empty for none
   * @param templateArguments further names for the template, such as {@code enable_thinking}
   * @param addGenerationPrompt ends the text with the header of the assistant's turn
   * @param continuation text behind the rendered one, with tokens of its own: the start of an answer
   *     that is to be continued; empty for none
   */
  record Chat(
      List<?> messages,
      List<?> tools,
      Map<String, ?> templateArguments,
      boolean addGenerationPrompt,
      String continuation)
      implements PromptJob {
    public Chat(List<?> messages, List<?> tools, Map<String, ?> templateArguments) {
      this(messages, tools, templateArguments, true, "");
    }

    public Chat(
        List<?> messages,
        List<?> tools,
        Map<String, ?> templateArguments,
        boolean addGenerationPrompt) {
      this(messages, tools, templateArguments, addGenerationPrompt, "");
    }
  }

  /** Text that is tokenized as it stands; spellings of special tokens become those tokens. */
  record Text(String text) implements PromptJob {}

  /** Token ids that only need checking; the array belongs to the receiver. */
  record Ids(int[] ids) implements PromptJob {}
}
