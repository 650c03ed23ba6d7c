package io.souffleur.contracts.request;

import java.util.List;

/**
 * Which log-probabilities a request wants beside its tokens.
 *
 * <p>The token at position p is predicted by row p − 1, so position 0 has no score. Drawn tokens are
 * scored as they are drawn: after the rules, at the temperature. Prompt tokens are scored as the model
 * says: the softmax of the plain logits.
 *
 * @param top how many of the likeliest ids are scored at each place; {@link #OFF} scores nothing at all
 * @param ids further ids that are scored at each place, in this order
 * @param promptFrom first position of the prompt that is scored, at least 1; {@link #OUTPUT_ONLY} scores
 *     drawn tokens alone
 */
public record ScoreSpec(int top, List<Integer> ids, int promptFrom) {
  public static final int OFF = -1;
  public static final int OUTPUT_ONLY = Integer.MAX_VALUE;

  /** Largest {@code top}. */
  public static final int TOP_MAX = 20;

  /** Most {@code ids}. */
  public static final int IDS_MAX = 64;

  /** Log-probabilities of one request's prompt: places times {@link #entries}. */
  public static final int PROMPT_ENTRIES_MAX = 1 << 20;

  /**
   * Log-probabilities of prompts in one step, beside one place per run: longer stretches are cut, so that
   * the result of a step stays a short message.
   */
  public static final int STEP_ENTRIES_MAX = 1 << 12;

  public static final ScoreSpec NONE = new ScoreSpec(OFF, List.of(), OUTPUT_ONLY);

  public ScoreSpec {
    if (top < OFF || top > TOP_MAX) {
      throw new IllegalArgumentException(
          "top_logprobs must be in [0, " + TOP_MAX + "], got " + top);
    }
    if (ids.size() > IDS_MAX) {
      throw new IllegalArgumentException(
          "token_ids_logprob has " + ids.size() + " ids, allowed are at most " + IDS_MAX);
    }
    for (int id : ids) {
      if (id < 0) {
        throw new IllegalArgumentException("token_ids_logprob has the id " + id);
      }
    }
    if (promptFrom < 1) {
      throw new IllegalArgumentException(
          "the first scored position must be at least 1, got " + promptFrom);
    }
    if (top == OFF && (!ids.isEmpty() || promptFrom != OUTPUT_ONLY)) {
      throw new IllegalArgumentException("scores are off, but " + ids.size()
          + " ids and the prompt from " + promptFrom + " are to be scored");
    }
    ids = List.copyOf(ids);
  }

  /** Drawn tokens with so many of the likeliest. */
  public static ScoreSpec output(int top) {
    return top == OFF ? NONE : new ScoreSpec(top, List.of(), OUTPUT_ONLY);
  }

  public boolean on() {
    return top != OFF;
  }

  /** Log-probabilities of one place, at most. */
  public int entries() {
    return 1 + Math.max(0, top) + ids.size();
  }

  /** Places of a prompt that are scored. */
  public int promptPlaces(int promptTokens) {
    return Math.max(0, promptTokens - Math.min(promptFrom, promptTokens));
  }

  /** As this, from a later position on: what comes before is known already. */
  public ScoreSpec from(int position) {
    return new ScoreSpec(top, ids, position);
  }
}
