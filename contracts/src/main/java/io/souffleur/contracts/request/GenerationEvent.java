package io.souffleur.contracts.request;

import java.util.List;

/**
 * What a request's owner hears: one {@link Accepted} or {@link Rejected}, then {@link PromptScores} if it
 * asked for some, then {@link Tokens}, all in order,
 * then exactly one {@link Finished}; {@link EngineLost} may come in between.
 */
public sealed interface GenerationEvent {
  RequestId id();

  /** Incarnation of the replica; receivers drop events of an older one. */
  long epoch();

  /** The request waits for its first step. */
  record Accepted(RequestId id, long epoch) implements GenerationEvent {}

  /**
   * Scores of the next tokens of the prompt, one per position, each position once: what came before an
   * {@link EngineLost} is the owner's to keep, and to leave out when it asks again.
   *
   * @param firstPosition of the first token that is scored here
   */
  record PromptScores(RequestId id, long epoch, int firstPosition, List<TokenScore> scores)
      implements GenerationEvent {
    public PromptScores {
      scores = List.copyOf(scores);
    }
  }

  /**
   * How a request came to its first step.
   *
   * @param cachedTokens prompt tokens that were not computed because a cache held them
   * @param queuedNanos time from its submission until then
   */
  record Start(int cachedTokens, long queuedNanos) {
    /** Nothing was cached, nobody waited. */
    public static final Start AT_ONCE = new Start(0, 0);
  }

  /**
   * Newly generated tokens of one step; the array belongs to the receiver.
   *
   * @param scores one per token if the request asked for them, otherwise empty
   * @param start the same in all events of a stream
   */
  record Tokens(RequestId id, long epoch, int[] tokens, List<TokenScore> scores, Start start)
      implements GenerationEvent {
    public Tokens {
      scores = List.copyOf(scores);
    }

    public Tokens(RequestId id, long epoch, int[] tokens, List<TokenScore> scores) {
      this(id, epoch, tokens, scores, Start.AT_ONCE);
    }

    public Tokens(RequestId id, long epoch, int[] tokens) {
      this(id, epoch, tokens, List.of());
    }
  }

  /**
   * The stream is over and everything it held is free again.
   *
   * @param matchedStop the stop token, or -1 when no stop token ended the stream
   * @param promptTokens tokens of the prompt
   * @param generatedTokens tokens generated, the stop token included
   * @param cachedTokens prompt tokens that were not computed because a cache held them
   */
  record Finished(
      RequestId id,
      long epoch,
      FinishReason reason,
      int matchedStop,
      int promptTokens,
      int generatedTokens,
      int cachedTokens)
      implements GenerationEvent {
    public static final int NO_STOP = -1;
  }

  /** @param detail one sentence for the client, with the numbers */
  record Rejected(RequestId id, long epoch, RejectReason reason, String detail)
      implements GenerationEvent {}

  /** The replica was rebuilt and forgot this request; its owner may submit it again with its tokens. */
  record EngineLost(RequestId id, long epoch) implements GenerationEvent {}
}
