package io.souffleur.models;

import java.util.List;

/**
 * What can be said of a model before its weights are touched.
 *
 * @param family name of the {@link ModelFamily} that serves it
 * @param modelType {@code model_type} of its config
 * @param computeType resolved, never {@link ComputeType#AUTO}
 * @param contextLength most positions of a sequence
 * @param eosIds token ids that end a generation, ascending
 * @param parameters weights of the text model
 * @param fileBytes bytes of its weight files, 0 for dummy weights
 * @param weightBytes bytes the weights take in memory in {@code computeType}
 * @param cache what its layers keep
 * @param step what computing a step takes beside that
 */
public record ModelSummary(
    String family,
    String modelType,
    ComputeType computeType,
    int layers,
    int hiddenSize,
    int vocabSize,
    int contextLength,
    List<Integer> eosIds,
    long parameters,
    long fileBytes,
    long weightBytes,
    CacheDemand cache,
    StepDemand step) {
  public ModelSummary {
    eosIds = List.copyOf(eosIds);
  }
}
