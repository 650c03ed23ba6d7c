package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.contracts.memory.CacheCapacity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps with page copies and checkpoints, executed again after a death, and forks of forks. */
class PrefixReplayTest {
  private static final int PAGE_TOKENS = 16;
  private static final CacheCapacity CAPACITY = new CacheCapacity(24, 24);
  private static final ShardLimits LIMITS = new ShardLimits(4, 64, 6);
  private static final int[] PROMPT = tokens(1, 26);
  private static final int[] LONG_TAIL = tokens(2, 17);
  private static final int[] SHORT_TAIL = tokens(3, 3);

  static Stream<Arguments> models() {
    return Stream.of(TinyModel.HYBRID, TinyModel.DENSE)
        .flatMap(folder -> TinyModel.cases().map(on -> Arguments.of(folder, on)));
  }

  private static int[] tokens(int seed, int count) {
    return new Random(seed).ints(count, 0, 300).toArray();
  }

  /** The owner of pages 0 to 2 computes 21 tokens and stores the state after 20. */
  private static void begin(PlanRank rank) {
    rank.begin();
    rank.admit(0, 0, 1, 2);
    rank.run(0, 0, -1, 0, Arrays.copyOf(PROMPT, 21));
    rank.checkpoint(20, 10);
    rank.execute();
  }

  /**
   * The owner goes on in page 1 while two others copy that page and go on after 20 tokens.
   *
   * @param told whether the rank knows the owner already
   */
  private static void fork(
      PlanRank rank, boolean told, int[] own, int[] longTail, int[] shortTail) {
    rank.begin();
    if (!told) {
      rank.admit(0, 0, 1, 2);
    }
    rank.admit(1, 0, 3, 4);
    rank.admit(2, 0, 5);
    rank.plan.copyPage(1, 3);
    rank.plan.copyPage(1, 5);
    rank.run(0, 21, 0, 1, own);
    rank.checkpoint(24, 11);
    rank.run(1, 20, 10, 2, longTail);
    rank.checkpoint(33, 12);
    rank.checkpoint(37, 13);
    rank.run(2, 20, 10, 4, shortTail);
    rank.execute();
  }

  private static List<byte[]> outcome(PlanRank rank) {
    List<byte[]> outcome = new ArrayList<>();
    for (int draw = 0; draw < 3; draw++) {
      outcome.add(rank.logits(draw));
    }
    for (int slot : new int[] {1, 2, 4, 10, 11, 12, 13}) {
      outcome.add(rank.state(slot));
    }
    return outcome;
  }

  private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "part " + i);
    }
  }

  /** What a rank leaves that dies in the step: anything at all in everything that the step writes. */
  private static void spoil(PlanRank rank) {
    fork(rank, true, tokens(7, 5), tokens(8, 17), tokens(9, 3));
    for (int page : new int[] {3, 4, 5}) {
      rank.kv.page(page).fill(PlanRank.NAN);
    }
    for (int slot : new int[] {1, 2, 4, 11, 12, 13}) {
      if (rank.recurrent()) {
        rank.states.slot(slot).fill(PlanRank.NAN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aHalfDoneStepWithCopiesAndCheckpointsRunsAgain(String folder, TinyModel.Case on)
      throws Exception {
    int[] own = Arrays.copyOfRange(PROMPT, 21, 26);
    try (var model = new TinyModel(folder, on, 1)) {
      List<byte[]> expected;
      try (var rank = new PlanRank(model, PAGE_TOKENS, CAPACITY, LIMITS)) {
        begin(rank);
        fork(rank, true, own, LONG_TAIL, SHORT_TAIL);
        expected = outcome(rank);
        fork(rank, true, own, LONG_TAIL, SHORT_TAIL);
        assertSame(expected, outcome(rank));
      }
      try (var rank = new PlanRank(model, PAGE_TOKENS, CAPACITY, LIMITS)) {
        begin(rank);
        spoil(rank);
        rank.replace();
        fork(rank, false, own, LONG_TAIL, SHORT_TAIL);
        assertSame(expected, outcome(rank));
      }
      assertArrayEquals(expected.get(0), alone(model, own, 21), "logits of the owner");
      assertArrayEquals(expected.get(1), alone(model, LONG_TAIL, 20), "logits of the long tail");
      assertArrayEquals(expected.get(2), alone(model, SHORT_TAIL, 20), "logits of the short tail");
    }
  }

  /** Logits after the first {@code shared} tokens of the prompt and {@code tail}, computed at once. */
  private static byte[] alone(TinyModel model, int[] tail, int shared) {
    int[] all = Arrays.copyOf(PROMPT, shared + tail.length);
    System.arraycopy(tail, 0, all, shared, tail.length);
    return alone(model, all).getFirst();
  }

  /** Logits and state of tokens computed at once. */
  private static List<byte[]> alone(TinyModel model, int[] all) {
    try (var rank = new PlanRank(model, PAGE_TOKENS, CAPACITY, LIMITS)) {
      rank.begin();
      rank.admit(0, 9, 8, 7, 6);
      rank.run(0, 0, -1, 5, all);
      rank.execute();
      return List.of(rank.logits(0), rank.state(5));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void forksOfForksHaveTheBitsOfComputingThem(String folder, TinyModel.Case on) throws Exception {
    int[] depths = {13, 16, 29, 41};
    int[] all = tokens(4, 54);
    try (var model = new TinyModel(folder, on, 1)) {
      List<byte[]> logits = new ArrayList<>();
      List<byte[]> states = new ArrayList<>();
      try (var rank = new PlanRank(model, PAGE_TOKENS, CAPACITY, LIMITS)) {
        int[] parent = {0, 1, 2, 3};
        rank.begin();
        rank.admit(0, parent);
        rank.run(0, 0, -1, 0, Arrays.copyOf(all, 20));
        rank.checkpoint(depths[0], 10);
        rank.execute();
        for (int level = 0; level < depths.length; level++) {
          parent = fork(rank, level, depths, parent, all);
          logits.add(rank.logits(0));
          states.add(rank.state(1 + level));
        }
      }
      for (int level = 0; level < depths.length; level++) {
        List<byte[]> expected = alone(model, path(depths, level, all));
        assertArrayEquals(expected.get(0), logits.get(level), "logits of level " + level);
        assertArrayEquals(expected.get(1), states.get(level), "state of level " + level);
      }
    }
  }

  /** Tokens of a level: the trunk up to its depth, then 13 of its own. */
  private static int[] path(int[] depths, int level, int[] all) {
    int[] path = Arrays.copyOf(all, depths[level] + 13);
    for (int above = 0; above <= level; above++) {
      int[] own = tokens(20 + above, 13);
      int count = Math.min(13, path.length - depths[above]);
      System.arraycopy(own, 0, path, depths[above], count);
    }
    return path;
  }

  /** A level goes on where its parent stored a state, and stores one for the next level on its way. */
  private static int[] fork(PlanRank rank, int level, int[] depths, int[] parent, int[] all) {
    int first = depths[level];
    int shared = first / PAGE_TOKENS;
    int[] pages = Arrays.copyOf(parent, 4);
    for (int i = shared; i < 4; i++) {
      pages[i] = 4 + 4 * level + i;
    }
    int[] path = path(depths, level, all);
    rank.begin();
    rank.admit(1 + level % 3, pages);
    if (first % PAGE_TOKENS != 0) {
      rank.plan.copyPage(parent[shared], pages[shared]);
    }
    rank.run(
        1 + level % 3, first, 10 + level, 1 + level, Arrays.copyOfRange(path, first, path.length));
    if (level + 1 < depths.length) {
      rank.checkpoint(depths[level + 1], 11 + level);
    }
    rank.execute();
    return pages;
  }
}
