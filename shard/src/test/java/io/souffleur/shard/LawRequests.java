package io.souffleur.shard;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Requests that differ in everything that may be asked for. */
final class LawRequests {
  static final int COUNT = 16;

  /** Tokens that some requests must have drawn before they may stop. */
  static final int LEAST_TOKENS = 3;

  private static final int HELD_BACK = 2;

  /** The reference twin is a hundred times slower. */
  private static final int REFERENCE_COUNT = 5;

  private LawRequests() {}

  /** Strangers to each other: prompts of 1 to 50 random tokens. */
  static List<GenerationRequest> strangers(TinyModel model, TinyModel.Case on) {
    int count = on.provider().equals("reference") ? REFERENCE_COUNT : COUNT;
    var random = new Random(11);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(1 + random.nextInt(50), 0, model.vocabulary()).toArray();
      var sampling = i % 2 == 0
          ? new SamplingSpec(0, 1, 0, 0, i, 0, rules(i), scores(i, i % 3 - 1))
          : new SamplingSpec(0.8f, 0.9f, 0.02f, 40, i, 0, rules(i), scores(i, i % 5 - 1));
      requests.add(new GenerationRequest(
          new RequestId("r" + i),
          prompt,
          new int[0],
          sampling,
          6 + random.nextInt(20),
          stops(model, i)));
    }
    return requests;
  }

  /** Every other one that is scored at all is scored from some place of its prompt on. */
  private static ScoreSpec scores(int i, int top) {
    return top < 0 || i % 4 > 1
        ? ScoreSpec.output(top)
        : new ScoreSpec(top, List.of(i, 2 * i, 3), 1 + 3 * i);
  }

  /** So many that a stream ends at once unless they are held back. */
  private static int[] stops(TinyModel model, int i) {
    int most = model.vocabulary() < LogitRules.STOP_TOKENS_MAX
        ? model.vocabulary() - 1
        : LogitRules.STOP_TOKENS_MAX;
    return i % 5 == HELD_BACK ? IntStream.range(0, most).toArray() : new int[0];
  }

  /** Some have none, so that rows with and without rules meet in a batch. */
  private static LogitRules rules(int i) {
    return switch (i % 5) {
      case 1 -> new LogitRules(0.7f, 0.3f, 1, 0, List.of());
      case HELD_BACK ->
        new LogitRules(0, 0, 1.3f, LEAST_TOKENS, List.of(new LogitRules.Bias(i, 2)));
      case 3 -> new LogitRules(-0.5f, 1, 0.8f, 0, List.of());
      default -> LogitRules.NONE;
    };
  }
}
