package io.souffleur.scheduler;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import java.util.List;

/**
 * Where the events of one request go, in order: accepted, started, scores of the prompt, tokens, then
 * exactly one of finished and lost; a request may end before each of the others.
 *
 * <p>Called on the engine loop's thread ({@link #onLost} on the thread that abandons a dead loop). An
 * implementation hands over and returns: it must not block, and must not throw, because that would end
 * the loop. Everything the request held is free again when {@link #onFinished} is called.
 */
public interface TokenSink {
  /** The loop took the request; it waits for its first step. */
  void onAccepted(RequestId id, long epoch);

  /**
   * The request has a seat for the first time; not called again after a preemption.
   *
   * @param cachedTokens prompt tokens that need not be computed because a cache holds them
   */
  default void onStarted(RequestId id, long epoch, int cachedTokens) {}

  /** One newly drawn token. A stop token is not streamed: it comes with {@link #onFinished}. */
  void onToken(RequestId id, long epoch, int token);

  /** As above, for a request that asked for scores. */
  void onToken(RequestId id, long epoch, int token, TokenScore score);

  /**
   * Scores of the next positions of the prompt, for a request that asked for them.
   *
   * @param firstPosition of the first one; each position is told once
   */
  default void onPromptScores(
      RequestId id, long epoch, int firstPosition, List<TokenScore> scores) {
    throw new IllegalStateException(
        "nobody asked for " + scores.size() + " scores from position " + firstPosition + " on");
  }

  void onFinished(GenerationEvent.Finished finished);

  /** The replica is gone and with it this request; its owner may submit it elsewhere. */
  void onLost(GenerationEvent.EngineLost lost);
}
