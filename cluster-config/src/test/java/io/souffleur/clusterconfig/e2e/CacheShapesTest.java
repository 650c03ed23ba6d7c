package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.e2e.CacheTraffic.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes of traffic in token ids, without anything that tells where a message starts. */
class CacheShapesTest {
  /** Below the ids of control tokens. */
  private static final int IDS = 1_200;

  /** Tokens between two kept states, and so what a prefix may lose at worst. */
  private static final int INTERVAL = 256;

  @TempDir
  static Path folder;

  private static CacheTraffic traffic;
  private final Random random = new Random(7);

  @BeforeAll
  static void start() throws Exception {
    traffic = new CacheTraffic(
        "--model-path", CacheModel.into(folder).toString(), "--load-format", "dummy");
  }

  @AfterAll
  static void stop() {
    traffic.close();
  }

  private int[] tokens(int count) {
    return random.ints(count, 0, IDS).toArray();
  }

  private static int[] joined(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  @Test
  void anIdenticalPromptHitsAllButItsLastToken() {
    int[] prompt = tokens(1_000);
    assertEquals(0, traffic.ids("identical prompt", "same", prompt).cachedTokens());

    Answer second = traffic.ids("identical prompt", "same", prompt);

    assertEquals(999, second.cachedTokens());
    assertTrue(second.hitRate() >= 0.98);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 376, 1_296})
  void aSharedPrefixHitsOnTheSecondRequestWhateverFollows(int suffix) {
    String shape = "6,476 shared + " + suffix;
    int[] shared = tokens(6_476);
    traffic.ids(shape, shape, joined(shared, tokens(suffix)));

    Answer second = traffic.ids(shape, shape, joined(shared, tokens(suffix)));

    assertTrue(second.cachedTokens() >= 0.95 * shared.length, second + " of " + shared.length);
    // Where both parted a state was kept on the way, so the third goes on exactly there.
    Answer third = traffic.ids(shape, shape, joined(shared, tokens(suffix)));
    assertEquals(shared.length, third.cachedTokens());
  }

  @Test
  void questionsThatComeTogetherComputeTheirTextOnce() throws Exception {
    String shape = "8 questions at once about 2,000 tokens";
    int[] text = tokens(2_000);
    List<int[]> prompts =
        IntStream.range(0, 8).mapToObj(i -> joined(text, tokens(50))).toList();
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : clients.invokeAll(prompts.stream()
          .map(prompt -> (Callable<Answer>) () -> traffic.ids(shape, shape, prompt))
          .toList())) {
        answers.add(answer.get());
      }
    }

    int computed = answers.stream().mapToInt(Answer::computedTokens).sum();
    assertTrue(computed <= text.length + 8 * (50 + INTERVAL), computed + " computed");
  }

  @Test
  void otherNamespacesHitNothing() {
    int[] prompt = tokens(600);
    traffic.ids("other namespaces", "one", prompt);

    assertEquals(0, traffic.ids("other namespaces", "two", prompt).cachedTokens());
    assertEquals(599, traffic.ids("other namespaces", "one", prompt).cachedTokens());
  }

  @Test
  void aChangedLastExampleKeepsTheOthers() {
    String shape = "few-shot, last example changed";
    int[] examples = tokens(9 * 100);
    traffic.ids(shape, shape, joined(examples, tokens(100), tokens(20)));

    Answer second = traffic.ids(shape, shape, joined(examples, tokens(100), tokens(20)));
    Answer third = traffic.ids(shape, shape, joined(examples, tokens(100), tokens(20)));

    assertTrue(second.cachedTokens() >= examples.length - INTERVAL, second.toString());
    assertEquals(examples.length, third.cachedTokens());
  }

  @Test
  void aTreeOfForksComputesEachBranchOnce() {
    String shape = "forks, 8 wide, 3 deep";
    int[] root = tokens(300);
    int[][] first = segments();
    int[][] second = segments();
    int[][] third = segments();
    long computed = 0;
    long needed = root.length;
    for (int i = 0; i < 8; i++) {
      needed += 40;
      for (int j = 0; j < 8; j++) {
        needed += 40;
        for (int k = 0; k < 8; k++) {
          needed += 40;
          int[] prompt = joined(root, first[i], second[j], third[k]);
          Answer answer = traffic.ids(shape, shape, prompt);
          computed += answer.computedTokens();
          int fresh = i + j + k == 0 ? prompt.length : 40 * (k > 0 ? 1 : j > 0 ? 2 : 3);
          assertTrue(
              answer.computedTokens() <= fresh + INTERVAL, i + " " + j + " " + k + " " + answer);
          // From the third child on everybody starts exactly where the branches part.
          if (k >= 2) {
            assertEquals(prompt.length - 40, answer.cachedTokens());
          }
        }
      }
    }
    // The second child of a node finds the pages of its parent but no state there, and keeps one.
    long forks = 1 + 8 + 64;
    assertTrue(computed <= needed + forks * 80, computed + " computed, " + needed + " needed");
  }

  private int[][] segments() {
    return IntStream.range(0, 8).mapToObj(i -> tokens(40)).toArray(int[][]::new);
  }
}
