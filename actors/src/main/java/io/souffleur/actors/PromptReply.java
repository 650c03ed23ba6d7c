package io.souffleur.actors;

import java.util.regex.Pattern;

/** The one answer to {@link EngineClient#prompt}. */
public sealed interface PromptReply {
  /**
   * The prompt as tokens.
   *
   * @param tokens at least one, fewer than the context; the array belongs to the receiver
   * @param tail the last characters of the prompt's text, at most {@link #TAIL_CHARS}; of a
   *     conversation without what an answer is to continue
   * @param checkpointHints prefixes that other prompts are likely to share, as {@code
   *     GenerationRequest} wants them; the array belongs to the receiver
   */
  record Prepared(int[] tokens, String tail, int[] checkpointHints) implements PromptReply {
    public static final int TAIL_CHARS = 256;

    private static final Pattern OPEN_THOUGHT = Pattern.compile("(?s).*<think>\\s*");

    /** Without hints. */
    public Prepared(int[] tokens, String tail) {
      this(tokens, tail, new int[0]);
    }

    /** Whether the answer starts inside a thought, because the prompt ends with an opened one. */
    public boolean endsInsideThought() {
      return OPEN_THOUGHT.matcher(tail).matches();
    }
  }

  /** The template refused the conversation, or there is none; the message is for the client (400). */
  record TemplateRejected(String message) implements PromptReply {}

  /** The input is malformed: empty, or a token id outside the vocabulary (400). */
  record Malformed(String message) implements PromptReply {}

  /** The prompt leaves no room for an answer (400). */
  record TooLong(int promptTokens, int contextTokens) implements PromptReply {}

  /** More prompts are waiting than the pool takes; trying again later may help (429). */
  record Busy(int waitingMax) implements PromptReply {}

  /** The worker failed on this prompt and was restarted (500). */
  record WorkerFailed(String message) implements PromptReply {}
}
