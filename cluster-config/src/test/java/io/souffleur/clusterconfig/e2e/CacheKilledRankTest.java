package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is cached lies outside the rank: a new rank goes on with it. */
class CacheKilledRankTest {
  private static final int PROMPT = 1_500;
  private static final int TOKENS = 24;

  private static int[] prompt(RunningNode node) {
    return new Random(3).ints(PROMPT, 0, node.client().model().vocabularySize()).toArray();
  }

  private static long hitTokens(RunningNode node) {
    return node.client().status().counter("cache-hit-tokens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"extra_buffer", "no_buffer"})
  void prefixesOutliveTheRankAndAnswerAsBefore(String strategy) throws Exception {
    try (RunningNode node = RunningNode.quiet(
        LaunchWords.options("--mamba-scheduler-strategy", strategy, "--max-total-tokens", "8192"),
        System.err)) {
      int[] prompt = prompt(node);
      int[] computed =
          Stream.askAlone(node, prompt, TOKENS, SamplingSpec.GREEDY).await();
      int[] first = Stream.ask(node, prompt, TOKENS, SamplingSpec.GREEDY).await();
      assertEquals(0, hitTokens(node));

      RankProcesses.killTheOne();
      int[] behindTheKill =
          Stream.ask(node, prompt, TOKENS, SamplingSpec.GREEDY).await();

      assertArrayEquals(computed, first);
      assertArrayEquals(computed, behindTheKill);
      assertEquals(1, node.client().status().counter("rank-deaths"));
      assertTrue(hitTokens(node) >= PROMPT - 256, "hit " + hitTokens(node));
    }
    assertEquals(List.of(), RankProcesses.alive());
  }

  @Test
  void answersAreTheSameWithTheCacheOff() throws Exception {
    int[] cached;
    try (RunningNode node = RunningNode.quiet(
        LaunchWords.options("--isolation", "thread", "--max-total-tokens", "8192"), System.err)) {
      Stream.ask(node, prompt(node), TOKENS, SamplingSpec.GREEDY).await();
      cached = Stream.ask(node, prompt(node), TOKENS, SamplingSpec.GREEDY).await();
      assertTrue(hitTokens(node) > 0);
    }
    try (RunningNode node = RunningNode.quiet(
        LaunchWords.options(
            "--isolation", "thread", "--max-total-tokens", "8192", "--disable-radix-cache"),
        System.err)) {
      assertArrayEquals(
          cached, Stream.ask(node, prompt(node), TOKENS, SamplingSpec.GREEDY).await());
      assertEquals(0, hitTokens(node));
    }
  }
}
