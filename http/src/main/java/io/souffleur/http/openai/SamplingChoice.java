package io.souffleur.http.openai;

import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a request says about drawing tokens and ending the text, checked and defaulted.
 *
 * @param temperature 0 is greedy
 * @param topK 0 keeps all
 * @param seed empty: derived from the request id
 * @param newTokensMax most tokens to generate; empty: until the context is full
 * @param stops stop strings
 * @param keepStop leaves the matched stop string in the text
 * @param stopTokenIds ids that end the text besides those of the model
 * @param ignoreEos the model's own stop tokens do not end the text
 * @param skipSpecialTokens leaves control tokens out of the text
 * @param rules penalties, bias and least length
 * @param scores which log-probabilities come with the tokens
 * @param choices how many answers the request wants
 * @param choice which of them this is
 */
public record SamplingChoice(
    float temperature,
    float topP,
    int topK,
    float minP,
    OptionalLong seed,
    OptionalInt newTokensMax,
    List<String> stops,
    boolean keepStop,
    List<Integer> stopTokenIds,
    boolean ignoreEos,
    boolean skipSpecialTokens,
    LogitRules rules,
    ScoreSpec scores,
    int choices,
    int choice) {
  private static final long HASH_START = 0xcbf29ce484222325L;
  private static final long HASH_FACTOR = 0x100000001b3L;

  public SamplingSpec spec(RequestId id) {
    long key = seed.orElse(derivedSeed(id));
    return new SamplingSpec(temperature, topP, minP, topK, key, choice, rules, scores);
  }

  /** As this, scored. */
  public SamplingChoice scored(ScoreSpec wanted) {
    return with(wanted, choices, choice);
  }

  /** As this, for one of the answers. */
  public SamplingChoice choice(int index) {
    return with(scores, choices, index);
  }

  private SamplingChoice with(ScoreSpec newScores, int newChoices, int newChoice) {
    return new SamplingChoice(
        temperature,
        topP,
        topK,
        minP,
        seed,
        newTokensMax,
        stops,
        keepStop,
        stopTokenIds,
        ignoreEos,
        skipSpecialTokens,
        rules,
        newScores,
        newChoices,
        newChoice);
  }

  /** The ids that end the text, given those of the model. */
  public int[] stopTokens(List<Integer> ofModel) {
    List<Integer> own = ignoreEos ? List.of() : ofModel;
    int[] ids = new int[own.size() + stopTokenIds.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i < own.size() ? own.get(i) : stopTokenIds.get(i - own.size());
    }
    return ids;
  }

  /** FNV-1a of the id: the same request sent again with its id draws the same numbers. */
  static long derivedSeed(RequestId id) {
    long hash = HASH_START;
    for (byte b : id.value().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * HASH_FACTOR;
    }
    return hash;
  }
}
