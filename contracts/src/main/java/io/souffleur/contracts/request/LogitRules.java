package io.souffleur.contracts.request;

import java.util.List;

/**
 * What changes logits before a token is drawn from them.
 *
 * @param frequencyPenalty taken off a token's logit for each time it stands in the output
 * @param presencePenalty taken off the logits of all tokens in the output, once
 * @param repetitionPenalty divides positive, multiplies negative logits of all tokens in prompt and
 *     output; 1 changes nothing
 * @param minTokens the request's stop tokens are not drawn before so many tokens of output
 * @param bias added at last, one entry per token
 */
public record LogitRules(
    float frequencyPenalty,
    float presencePenalty,
    float repetitionPenalty,
    int minTokens,
    List<Bias> bias) {
  /** Entries of {@code bias}. */
  public static final int BIAS_MAX = 300;

  /** Stop tokens of a request that sets {@code minTokens}. */
  public static final int STOP_TOKENS_MAX = 128;

  public static final LogitRules NONE = new LogitRules(0, 0, 1, 0, List.of());

  private static final float PENALTY_MAX = 2;

  /** @param value finite */
  public record Bias(int token, float value) {
    public Bias {
      if (token < 0 || !Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "logit_bias needs a token id >= 0 and a finite number, got " + token + ": " + value);
      }
    }
  }

  public LogitRules {
    requirePenalty("frequency_penalty", frequencyPenalty);
    requirePenalty("presence_penalty", presencePenalty);
    if (!(repetitionPenalty > 0 && repetitionPenalty <= PENALTY_MAX)) {
      throw new IllegalArgumentException(
          "repetition_penalty must be in (0, 2], got " + repetitionPenalty);
    }
    if (minTokens < 0) {
      throw new IllegalArgumentException("min_tokens must be at least 0, got " + minTokens);
    }
    if (bias.size() > BIAS_MAX) {
      throw new IllegalArgumentException(
          "logit_bias has " + bias.size() + " entries, allowed are at most " + BIAS_MAX);
    }
    bias = List.copyOf(bias);
  }

  private static void requirePenalty(String name, float value) {
    if (!(value >= -PENALTY_MAX && value <= PENALTY_MAX)) {
      throw new IllegalArgumentException(name + " must be in [-2, 2], got " + value);
    }
  }

  /** Whether nothing changes any logit. */
  public boolean neutral() {
    return !needHistory() && minTokens == 0 && bias.isEmpty();
  }

  /** Whether drawing needs the tokens that are there already. */
  public boolean needHistory() {
    return frequencyPenalty != 0 || presencePenalty != 0 || repetitionPenalty != 1;
  }
}
