package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.souffleur.clusterconfig.e2e.KillStream.Question;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Requests that share a trunk, and a stranger. The trunk is computed first; some decode behind it, and when
 * they do, others come whose prompts part from it, inside a page or at the end of one, or go on behind its
 * answer.
 */
final class SharedPrefixLoad {
  private static final int TRUNK = 130;
  private static final int DECODING = 4;
  private static final int LATE_TOKENS = 40;

  private final KillableEngine engine;
  private final Question trunk;
  private final List<Question> early = new ArrayList<>();
  private final List<Question> late = new ArrayList<>();
  private final List<int[]> alone;

  /** Computes all answers once without sharing anything. */
  SharedPrefixLoad(KillableEngine engine, Random random) {
    this.engine = engine;
    int vocabulary = engine.client.model().vocabularySize();
    int[] ids = random.ints(TRUNK, 0, vocabulary).toArray();
    trunk = new Question(ids, 20, SamplingSpec.GREEDY);
    for (int i = 0; i < DECODING; i++) {
      early.add(question(random, ids, TRUNK - i, 5 + i, 150, i));
    }
    late.add(question(random, ids, 100, 120, LATE_TOKENS, 4));
    late.add(question(random, ids, 96, 120, LATE_TOKENS, 5));
    late.add(new Question(early.get(1).prompt(), LATE_TOKENS, SamplingSpec.GREEDY));
    late.add(question(random, ids, 0, 150, LATE_TOKENS, 6));
    int[] answer = KillStream.askAlone(engine, trunk).await();
    int[] behind = Arrays.copyOf(ids, TRUNK + answer.length);
    System.arraycopy(answer, 0, behind, TRUNK, answer.length);
    late.add(question(random, behind, behind.length, 6, LATE_TOKENS, 7));
    alone = all().map(each -> KillStream.askAlone(engine, each)).toList().stream()
        .map(KillStream::await)
        .toList();
  }

  /** Greedy, sampled, with penalties. */
  private Question question(
      Random random, int[] trunkIds, int shared, int own, int count, int number) {
    int[] prompt = Arrays.copyOf(trunkIds, shared + own);
    int vocabulary = engine.client.model().vocabularySize();
    System.arraycopy(random.ints(own, 0, vocabulary).toArray(), 0, prompt, shared, own);
    LogitRules rules =
        number % 3 == 2 ? new LogitRules(0.5f, 0.2f, 1.1f, 0, List.of()) : LogitRules.NONE;
    SamplingSpec sampling = number % 2 == 0
        ? new SamplingSpec(0, 1, 0, 0, 0, 0, rules, ScoreSpec.NONE)
        : new SamplingSpec(0.9f, 0.95f, 0, 0, 77L + number, 0, rules, ScoreSpec.NONE);
    return new Question(prompt, count, sampling);
  }

  private java.util.stream.Stream<Question> all() {
    return java.util.stream.Stream.of(List.of(trunk), early, late).flatMap(List::stream);
  }

  /**
   * Asks everything in a namespace of its own.
   *
   * @param disturb done when the early ones decode
   */
  void assertAnswersAsAlone(String namespace, Runnable disturb) {
    List<KillStream> streams = new ArrayList<>();
    streams.add(KillStream.askIn(engine, namespace, trunk));
    streams.getFirst().await();
    early.forEach(each -> streams.add(KillStream.askIn(engine, namespace, each)));
    KillableEngine.until(() -> streams.stream().allMatch(each -> each.tokens().length >= 5));
    disturb.run();
    late.forEach(each -> streams.add(KillStream.askIn(engine, namespace, each)));
    for (int i = 0; i < alone.size(); i++) {
      assertArrayEquals(alone.get(i), streams.get(i).await(), namespace + ", stream " + i);
    }
  }
}
