package io.souffleur.shard;

import static io.souffleur.testkit.TensorAssertions.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.scheduler.TokenSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What every request of one run got: tokens, end, and the logits of each draw by position. */
final class Answers {
  private final Map<Long, Map<Integer, float[]>> logitsBySeed = new HashMap<>();
  private final Map<String, Stream> streams = new HashMap<>();

  /** One request's events. */
  private static final class Stream implements TokenSink {
    private final List<Integer> tokens = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>();
    private final SortedMap<Integer, TokenScore> promptScores = new TreeMap<>();
    private Optional<Finished> end = Optional.empty();

    @Override
    public void onAccepted(RequestId id, long epoch) {}

    @Override
    public void onToken(RequestId id, long epoch, int token) {
      tokens.add(token);
    }

    @Override
    public void onToken(RequestId id, long epoch, int token, TokenScore score) {
      onToken(id, epoch, token);
      scores.add(score);
    }

    @Override
    public void onPromptScores(RequestId id, long epoch, int firstPosition, List<TokenScore> more) {
      for (int i = 0; i < more.size(); i++) {
        assertEquals(null, promptScores.put(firstPosition + i, more.get(i)), "scored twice");
      }
    }

    @Override
    public void onFinished(Finished finished) {
      end = Optional.of(finished);
    }

    @Override
    public void onLost(EngineLost lost) {
      throw new AssertionError(lost.toString());
    }
  }

  TokenSink sink(String id) {
    return streams.computeIfAbsent(id, any -> new Stream());
  }

  boolean allEnded() {
    return streams.values().stream().allMatch(stream -> stream.end.isPresent());
  }

  List<Integer> tokens(String id) {
    return streams.get(id).tokens;
  }

  List<TokenScore> scores(String id) {
    return streams.get(id).scores;
  }

  int cachedTokens(String id) {
    return streams.get(id).end.orElseThrow().cachedTokens();
  }

  /** By position. */
  SortedMap<Integer, TokenScore> promptScores(String id) {
    return streams.get(id).promptScores;
  }

  /** A repeated draw at the same position must show the same bits. */
  void onLogits(long seed, int position, float[] logits) {
    float[] before =
        logitsBySeed.computeIfAbsent(seed, any -> new HashMap<>()).putIfAbsent(position, logits);
    if (before != null) {
      assertSameBits("repeated draw at " + position, before, logits);
    }
  }

  /** Requests that did not compute all of their prompt. */
  long hits() {
    return streams.values().stream()
        .filter(stream -> stream.end.orElseThrow().cachedTokens() > 0)
        .count();
  }

  /** {@code id} has no token that {@code first} did not have in {@code alone}. */
  void assertBegins(String what, String id, String first, Answers alone) {
    List<Integer> tokens = streams.get(id).tokens;
    assertEquals(
        alone
            .tokens(first)
            .subList(0, Math.min(tokens.size(), alone.tokens(first).size())),
        tokens,
        what + ": first tokens of " + id);
  }

  /** Everything about {@code id} is as it was in {@code alone}. */
  void assertSame(String what, String id, long seed, Answers alone) {
    assertSame(what, id, id, seed, alone);
  }

  /** Everything about {@code id} is as it was for {@code first} in {@code alone}. */
  void assertSame(String what, String id, String first, long seed, Answers alone) {
    Stream expected = alone.streams.get(first);
    Stream actual = streams.get(id);
    assertEquals(expected.tokens, actual.tokens, what + ": tokens of " + id);
    assertEquals(expected.scores, actual.scores, what + ": scores of " + id);
    assertEquals(expected.promptScores, actual.promptScores, what + ": prompt scores of " + id);
    assertEquals(
        expected.end.orElseThrow().reason(), actual.end.orElseThrow().reason(), what + ": end");
    Map<Integer, float[]> expectedLogits = alone.logitsBySeed.get(seed);
    Map<Integer, float[]> actualLogits = logitsBySeed.get(seed);
    assertEquals(expectedLogits.keySet(), actualLogits.keySet(), what + ": positions of " + id);
    expectedLogits.forEach((position, logits) ->
        assertSameBits(what + ": " + id + " at " + position, logits, actualLogits.get(position)));
  }
}
