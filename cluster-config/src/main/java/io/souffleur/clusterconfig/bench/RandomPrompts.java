package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prompts of uniformly drawn lengths: made of conversations, repeated or cut, or of consecutive token
 * ids.
 */
final class RandomPrompts {
  private final ServingOptions.Data options;
  private final Tokenizer tokenizer;
  private final NumpyRandom numpy;

  /** @param numpy as seeded: the lengths are the first that is drawn from it */
  RandomPrompts(ServingOptions.Data options, Tokenizer tokenizer, NumpyRandom numpy) {
    this.options = options;
    this.tokenizer = tokenizer;
    this.numpy = numpy;
  }

  /** First all input lengths, then all output lengths. */
  static int[] lengths(NumpyRandom numpy, int full, double ratio, int count) {
    return numpy.integers(Math.max((int) (full * ratio), 1), full + 1, count);
  }

  /** Prompts from the first human turns of conversations. */
  List<BenchRequest> fromText(Conversations conversations) throws LaunchError {
    int[] inputs = inputLengths();
    int[] outputs = outputLengths();
    List<Conversations.Turn> turns = new ArrayList<>(conversations.turns());
    new PythonRandom(options.seed()).shuffle(turns);
    List<int[]> texts = turns.stream()
        .map(turn -> tokenizer.encode(turn.prompt()))
        .filter(ids -> ids.length > 0)
        .toList();
    if (texts.isEmpty()) {
      throw new LaunchError("the data set has no text");
    }
    List<BenchRequest> requests = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      int[] ids = texts.get(i % texts.size());
      requests.add(request(fitted(ids, i / texts.size(), inputs[i]), outputs[i]));
    }
    return requests;
  }

  /** Prompts of consecutive ids from a random one. */
  List<BenchRequest> fromIds() {
    int[] inputs = inputLengths();
    int[] outputs = outputLengths();
    int limit = tokenizer.vocabularySize();
    int[] offsets = numpy.integers(0, limit, inputs.length);
    List<BenchRequest> requests = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      int[] ids = new int[inputs[i]];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = (int) (((long) offsets[i] + i + j) % limit);
      }
      requests.add(request(ids, outputs[i]));
    }
    return requests;
  }

  private int[] inputLengths() {
    return lengths(
        numpy, options.random().inputTokens(), options.random().rangeRatio(), options.prompts());
  }

  private int[] outputLengths() {
    return lengths(
        numpy, options.random().outputTokens(), options.random().rangeRatio(), options.prompts());
  }

  /**
   * Repeats or cuts to a length. When texts are used again, each time they begin one token later, so
   * that no two prompts begin alike.
   */
  private static int[] fitted(int[] ids, int shift, int length) {
    int[] fitted = new int[length];
    for (int i = 0; i < length; i++) {
      fitted[i] = ids[(i + shift) % ids.length];
    }
    return fitted;
  }

  private BenchRequest request(int[] ids, int outputTokens) {
    return new BenchRequest(
        tokenizer.decode(ids, false),
        options.asIds() ? Optional.of(ids) : Optional.empty(),
        ids.length,
        outputTokens);
  }
}
