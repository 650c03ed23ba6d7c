package io.souffleur.contracts.request;

import java.util.List;
import java.util.OptionalInt;

/**
 * One stream of tokens that somebody wants. The arrays belong to the receiver.
 *
 * @param promptTokens token ids of the prompt, at least one
 * @param generatedPrefix tokens this request already generated elsewhere: they are computed like a
 *     prompt but count as output for limits; empty for a new request
 * @param maxNewTokens most tokens to generate, {@code generatedPrefix} included; at least 1
 * @param stopTokens token ids that end the stream; the stop token itself is reported, not streamed
 * @param priority how soon it should be served, if its owner said so; the engine's settings say what the
 *     number means, or whether it means anything
 * @param cacheNamespace requests share cached prefixes only with requests of the same namespace; at most
 *     {@link #CACHE_NAMESPACE_CHARS_MAX} characters, empty for the one of everybody
 * @param checkpointHints lengths of prefixes of the prompt that other requests are likely to share: where
 *     a state is worth keeping. Strictly rising, positive, below the prompt's length, at most {@link
 *     #CHECKPOINT_HINTS_MAX}; ignoring them changes speed alone
 * @param pictures whose features stand in the place of prompt tokens, in the order of their positions, at
 *     most {@link #PICTURES_MAX}
 */
public record GenerationRequest(
    RequestId id,
    int[] promptTokens,
    int[] generatedPrefix,
    SamplingSpec sampling,
    int maxNewTokens,
    int[] stopTokens,
    OptionalInt priority,
    String cacheNamespace,
    int[] checkpointHints,
    List<Picture> pictures) {
  public static final int CHECKPOINT_HINTS_MAX = 32;
  public static final int CACHE_NAMESPACE_CHARS_MAX = 1_024;
  public static final int PICTURES_MAX = 256;

  private static final int[] NO_HINTS = {};

  public GenerationRequest {
    if (promptTokens.length == 0) {
      throw new IllegalArgumentException("a request needs at least one prompt token");
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max_new_tokens must be at least 1, got " + maxNewTokens);
    }
    if (sampling.rules().minTokens() > 0 && stopTokens.length > LogitRules.STOP_TOKENS_MAX) {
      throw new IllegalArgumentException("min_tokens holds back at most "
          + LogitRules.STOP_TOKENS_MAX + " stop tokens, got " + stopTokens.length);
    }
    if (cacheNamespace.length() > CACHE_NAMESPACE_CHARS_MAX) {
      throw new IllegalArgumentException("a cache namespace has at most "
          + CACHE_NAMESPACE_CHARS_MAX + " characters, got " + cacheNamespace.length());
    }
    pictures = List.copyOf(pictures);
    requirePictures(pictures, promptTokens.length);
    requireHints(checkpointHints, promptTokens.length);
    requirePromptScores(sampling.scores(), promptTokens.length);
  }

  private static void requirePromptScores(ScoreSpec scores, int promptTokens) {
    long entries = (long) scores.promptPlaces(promptTokens) * scores.entries();
    if (entries > ScoreSpec.PROMPT_ENTRIES_MAX) {
      throw new IllegalArgumentException("scores of " + scores.promptPlaces(promptTokens)
          + " prompt tokens, " + scores.entries() + " each, are " + entries
          + ", allowed are at most " + ScoreSpec.PROMPT_ENTRIES_MAX);
    }
  }

  private static void requirePictures(List<Picture> pictures, int promptTokens) {
    if (pictures.size() > PICTURES_MAX) {
      throw new IllegalArgumentException(
          "a request has at most " + PICTURES_MAX + " pictures, got " + pictures.size());
    }
    int end = 0;
    for (Picture picture : pictures) {
      if (picture.positions()[0] < end || picture.end() > promptTokens) {
        throw new IllegalArgumentException("a picture from " + picture.positions()[0] + " to "
            + picture.end() + " must lie in [" + end + ", " + promptTokens + ")");
      }
      end = picture.end();
    }
  }

  private static void requireHints(int[] hints, int promptTokens) {
    if (hints.length > CHECKPOINT_HINTS_MAX) {
      throw new IllegalArgumentException("a request has at most " + CHECKPOINT_HINTS_MAX
          + " checkpoint hints, got " + hints.length);
    }
    int last = 0;
    for (int hint : hints) {
      if (hint <= last || hint >= promptTokens) {
        throw new IllegalArgumentException(
            "checkpoint hints must rise strictly within [1, %d), got %d after %d"
                .formatted(promptTokens, hint, last));
      }
      last = hint;
    }
  }

  /** A request without pictures. */
  public GenerationRequest(
      RequestId id,
      int[] promptTokens,
      int[] generatedPrefix,
      SamplingSpec sampling,
      int maxNewTokens,
      int[] stopTokens,
      OptionalInt priority,
      String cacheNamespace,
      int[] checkpointHints) {
    this(
        id,
        promptTokens,
        generatedPrefix,
        sampling,
        maxNewTokens,
        stopTokens,
        priority,
        cacheNamespace,
        checkpointHints,
        List.of());
  }

  /** A request of no stated priority, in the namespace of everybody, without hints. */
  public GenerationRequest(
      RequestId id,
      int[] promptTokens,
      int[] generatedPrefix,
      SamplingSpec sampling,
      int maxNewTokens,
      int[] stopTokens) {
    this(
        id,
        promptTokens,
        generatedPrefix,
        sampling,
        maxNewTokens,
        stopTokens,
        OptionalInt.empty(),
        "",
        NO_HINTS);
  }

  /** A request in the namespace of everybody, without hints. */
  public GenerationRequest(
      RequestId id,
      int[] promptTokens,
      int[] generatedPrefix,
      SamplingSpec sampling,
      int maxNewTokens,
      int[] stopTokens,
      OptionalInt priority) {
    this(
        id,
        promptTokens,
        generatedPrefix,
        sampling,
        maxNewTokens,
        stopTokens,
        priority,
        "",
        NO_HINTS);
  }

  /** Prompt and already generated tokens: what must be computed before the next token can be drawn. */
  public int knownTokens() {
    return promptTokens.length + generatedPrefix.length;
  }

  /**
   * Position of the first known token whose score is wanted, and with it row {@code position − 1}; {@link
   * #knownTokens} when no prompt token's is. At most so many tokens minus one may come out of a cache.
   */
  public int firstScoredPosition() {
    int from = sampling.scores().promptFrom();
    return from < promptTokens.length ? from : knownTokens();
  }
}
