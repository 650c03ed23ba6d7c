package io.souffleur.shard;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
      requests.add(new GenerationRequest(
          new RequestId("r" + i),
          prompt,
          new int[0],
          sampling(i),
          6 + random.nextInt(20),
          stops(model, i)));
    }
    return requests;
  }

  private static final String COPY = "#";

  /** Relatives: forks of one trunk, forks of a fork, equal prompts, and one that shares nothing. */
  static List<GenerationRequest> relatives(TinyModel model, TinyModel.Case on) {
    int count = on.provider().equals("reference") ? REFERENCE_COUNT : COUNT;
    var random = new Random(12);
    int[] trunk = random.ints(44, 0, model.vocabulary()).toArray();
    int[] fork = trunk.clone();
    System.arraycopy(random.ints(24, 0, model.vocabulary()).toArray(), 0, fork, 20, 24);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int shared = 1 + random.nextInt(44);
      int own = i % 4 == 1 ? 1 : random.nextInt(12);
      int[] prompt = Arrays.copyOf(i % 3 == 2 ? fork : trunk, shared + own);
      System.arraycopy(random.ints(own, 0, model.vocabulary()).toArray(), 0, prompt, shared, own);
      if (i % 5 == 3) {
        prompt = requests.getLast().promptTokens().clone();
      }
      requests.add(request(model, i, prompt, i % 7 == 6 ? "stranger" : "", 4 + random.nextInt(16)));
    }
    return requests;
  }

  /** Goes on behind each answer that leaves room for it. */
  static List<GenerationRequest> nextTurns(
      TinyModel model, List<GenerationRequest> requests, Answers answers) {
    var random = new Random(13);
    List<GenerationRequest> turns = new ArrayList<>();
    for (GenerationRequest before : requests) {
      int[] answer = answers.tokens(before.id().value()).stream()
          .mapToInt(Integer::intValue)
          .toArray();
      int[] more = random.ints(5, 0, model.vocabulary()).toArray();
      int[] prompt = Stream.of(before.promptTokens(), answer, more)
          .flatMapToInt(IntStream::of)
          .toArray();
      if (prompt.length <= 80) {
        turns.add(request(
            model, 100 + turns.size(), prompt, before.cacheNamespace(), 4 + random.nextInt(8)));
      }
    }
    return turns;
  }

  private static GenerationRequest request(
      TinyModel model, int i, int[] prompt, String namespace, int maxNewTokens) {
    int[] hints = IntStream.of(9, 20, 33, prompt.length - 1)
        .filter(hint -> i % 2 == 0 && hint > 0 && hint < prompt.length)
        .sorted()
        .distinct()
        .toArray();
    return new GenerationRequest(
        new RequestId("r" + i),
        prompt,
        new int[0],
        sampling(i),
        maxNewTokens,
        stops(model, i),
        OptionalInt.empty(),
        namespace,
        hints);
  }

  /** The same requests under other names. */
  static List<GenerationRequest> copies(List<GenerationRequest> requests, String suffix) {
    return requests.stream()
        .map(request -> new GenerationRequest(
            new RequestId(request.id().value() + COPY + suffix),
            request.promptTokens(),
            request.generatedPrefix(),
            request.sampling(),
            request.maxNewTokens(),
            request.stopTokens(),
            request.priority(),
            request.cacheNamespace(),
            request.checkpointHints()))
        .toList();
  }

  /** Name of the request that {@code id} is a copy of, or its own. */
  static String first(String id) {
    return id.split(COPY, 2)[0];
  }

  private static SamplingSpec sampling(int i) {
    return i % 2 == 0
        ? new SamplingSpec(0, 1, 0, 0, i, 0, rules(i), scores(i, i % 3 - 1))
        : new SamplingSpec(0.8f, 0.9f, 0.02f, 40, i, 0, rules(i), scores(i, i % 5 - 1));
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
