package io.souffleur.contracts.request;

/**
 * How tokens are drawn from logits.
 *
 * @param temperature 0 is greedy; otherwise logits are divided by it
 * @param topP keep the smallest set of tokens whose probability reaches this; 1 keeps all
 * @param minP drop tokens below this share of the largest probability; 0 keeps all
 * @param topK keep this many largest; 0 keeps all
 * @param seed key of the counter-based generator, together with {@code choice} and the position
 * @param choice index of the answer among the n of a request
 * @param rules what changes the logits first
 * @param topScores how many of the likeliest tokens are scored beside the drawn one; {@link
 *     #NO_SCORES} scores none
 */
public record SamplingSpec(
    float temperature,
    float topP,
    float minP,
    int topK,
    long seed,
    int choice,
    LogitRules rules,
    int topScores) {
  public static final int NO_SCORES = -1;

  /** Largest {@code topScores}. */
  public static final int TOP_SCORES_MAX = 20;

  public static final SamplingSpec GREEDY = new SamplingSpec(0, 1, 0, 0, 0, 0);

  public SamplingSpec {
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature must be a finite number >= 0, got " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be in (0, 1], got " + topP);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min_p must be in [0, 1], got " + minP);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be 0 (off) or positive, got " + topK);
    }
    if (topScores < NO_SCORES || topScores > TOP_SCORES_MAX) {
      throw new IllegalArgumentException(
          "top_logprobs must be in [0, " + TOP_SCORES_MAX + "], got " + topScores);
    }
  }

  /** Without rules and scores. */
  public SamplingSpec(float temperature, float topP, float minP, int topK, long seed, int choice) {
    this(temperature, topP, minP, topK, seed, choice, LogitRules.NONE, NO_SCORES);
  }

  public boolean scored() {
    return topScores != NO_SCORES;
  }
}
