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
 * @param scores which log-probabilities come with the tokens
 */
public record SamplingSpec(
    float temperature,
    float topP,
    float minP,
    int topK,
    long seed,
    int choice,
    LogitRules rules,
    ScoreSpec scores) {

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
  }

  /** Without rules and scores. */
  public SamplingSpec(float temperature, float topP, float minP, int topK, long seed, int choice) {
    this(temperature, topP, minP, topK, seed, choice, LogitRules.NONE, ScoreSpec.NONE);
  }

  /** As this, with other scores. */
  public SamplingSpec withScores(ScoreSpec other) {
    return new SamplingSpec(temperature, topP, minP, topK, seed, choice, rules, other);
  }

  public boolean scored() {
    return scores.on();
  }
}
