package io.souffleur.actors;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The served model as clients and sessions need to know it. Immutable.
 *
 * @param servedName name in {@code /v1/models} and in answers
 * @param path folder of the checkpoint
 * @param contextTokens most tokens of prompt and answer together
 * @param vocabularySize rows of the embedding: ids of prompts lie below it
 * @param stopTokenIds ids that end an answer unless the request ignores them, ascending
 * @param defaults sampling values for requests that do not state their own
 * @param reasoningParser name of the parser that splits thoughts from answers; empty for none
 * @param toolCallParser name of the parser that finds tool calls; empty for none
 */
public record ModelCard(
    String servedName,
    Path path,
    int contextTokens,
    int vocabularySize,
    List<Integer> stopTokenIds,
    SamplingDefaults defaults,
    Optional<String> reasoningParser,
    Optional<String> toolCallParser) {
  public ModelCard {
    if (contextTokens < 2 || vocabularySize < 1) {
      throw new IllegalArgumentException(
          "a model needs a context of at least 2 tokens and a vocabulary," + " got " + contextTokens
              + " and " + vocabularySize);
    }
    stopTokenIds = List.copyOf(stopTokenIds);
  }

  /**
   * From {@code generation_config.json}, or {@link #OPENAI} where it is silent or switched off.
   *
   * @param temperature 0 is greedy
   * @param topK 0 keeps all
   * @param repetitionPenalty in (0, 2]; 1 changes nothing
   */
  public record SamplingDefaults(
      float temperature, float topP, int topK, float minP, float repetitionPenalty) {
    /** What the OpenAI API takes when a request is silent. */
    public static final SamplingDefaults OPENAI = new SamplingDefaults(1, 1, 0, 0, 1);
  }
}
