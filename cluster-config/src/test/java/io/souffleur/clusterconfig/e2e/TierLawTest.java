package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.e2e.TierCall.Answer;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes back from the tier is as if it had been computed: tokens and logarithms, bit for bit. */
class TierLawTest {
  private static final int[] LENGTHS = {
    2, 63, 64, 65, 66, 100, 127, 128, 129, 130, 191, 200, 257, 300, 511, 513, 640, 1_000
  };

  /** Where no_buffer keeps states of prompts: at the ends of chunks; every second one goes to files. */
  private static final int CHUNK = 256;

  @TempDir
  Path folder;

  private TierModel model;

  @BeforeEach
  void makeModel() throws Exception {
    model = new TierModel(folder);
  }

  private static void assertSame(List<int[]> prompts, List<Answer> expected, List<Answer> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(
          expected.get(i).scores(), found.get(i).scores(), "prompt of " + prompts.get(i).length);
    }
  }

  @ParameterizedTest
  @CsvSource({"thread,extra_buffer", "process,extra_buffer", "thread,no_buffer"})
  void answersAfterARestartAreThoseOfAServerWithoutACache(String isolation, String strategy)
      throws Exception {
    List<int[]> prompts = TierModel.prompts(LENGTHS);
    List<Answer> computed;
    try (RunningNode node = model.plain("--isolation", "thread")) {
      computed = TierModel.ask(node, prompts);
    }
    String[] words = {
      "--isolation",
      isolation,
      "--mamba-scheduler-strategy",
      strategy,
      "--chunked-prefill-size",
      Integer.toString(CHUNK)
    };
    try (RunningNode node = model.keeping(words)) {
      assertSame(prompts, computed, TierModel.ask(node, prompts));
      TierCall.awaitWritten(node.client());
      assertEquals(0, TierModel.counter(node, "tier-exports-dropped"));
    }

    try (RunningNode node = model.keeping(words)) {
      List<Answer> restored = TierModel.ask(node, prompts);

      assertSame(prompts, computed, restored);
      for (int i = 0; i < prompts.size(); i++) {
        int length = prompts.get(i).length;
        int cached = restored.get(i).cachedTokens();
        if (strategy.equals("extra_buffer")) {
          assertEquals(length > 64 ? length - 1 : 0, cached, "cached of " + length);
        } else {
          int kept = (length - 1) / (2 * CHUNK) * 2 * CHUNK;
          assertTrue(cached >= kept, "cached " + cached + " of " + length);
        }
      }
      assertEquals(0, TierModel.counter(node, "tier-restores-given-up"));
    }
  }

  @Test
  void whatGaveWayComesBack() throws Exception {
    List<int[]> prompts = TierModel.prompts(300, 301, 302, 303, 304, 305, 306, 307, 308, 309);
    List<Answer> computed;
    try (RunningNode node = model.plain("--isolation", "thread")) {
      computed = TierModel.ask(node, prompts);
    }
    try (RunningNode node = model.keeping(
        "--isolation", "thread", "--max-total-tokens", "1024", "--hicache-ratio", "20")) {
      assertSame(prompts, computed, TierModel.ask(node, prompts));
      TierCall.awaitWritten(node.client());

      assertSame(prompts, computed, TierModel.ask(node, prompts));

      assertTrue(TierModel.counter(node, "cache-pages-evicted") > 0);
      assertTrue(TierModel.counter(node, "tier-tokens-restored") >= 300 * 7);
    }
  }

  @Test
  void spoiltAndForeignFilesAreComputedInstead() throws Exception {
    List<int[]> prompts = TierModel.prompts(200, 300);
    List<Answer> computed;
    try (RunningNode node = model.keeping("--isolation", "thread")) {
      computed = TierModel.ask(node, prompts);
      TierCall.awaitWritten(node.client());
    }
    try (RunningNode node = model.keeping("--isolation", "thread", "--page-size", "32")) {
      assertSame(prompts, computed, TierModel.ask(node, prompts));
      assertEquals(0, TierModel.counter(node, "tier-restores"));
      TierCall.awaitWritten(node.client());
    }
    Random random = new Random(5);
    for (Path file : segments()) {
      byte[] bytes = Files.readAllBytes(file);
      for (int at = 128 + random.nextInt(1_000); at < bytes.length; at += 3_000) {
        bytes[at] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(file, bytes);
    }

    try (RunningNode node = model.keeping("--isolation", "thread")) {
      List<Answer> answers = TierModel.ask(node, prompts);

      assertSame(prompts, computed, answers);
      assertEquals(List.of(0, 0), answers.stream().map(Answer::cachedTokens).toList());
    }
  }

  @Test
  void filesAreSmallEnoughAndPrivate() throws Exception {
    long budget = 3_000_000;
    try (RunningNode node =
        model.keeping("--isolation", "thread", "--cache-dir-max-bytes", "3000000")) {
      TierModel.ask(node, TierModel.prompts(900, 901, 902, 903, 904, 905, 906, 907));
      TierCall.awaitWritten(node.client());
      assertTrue(TierModel.counter(node, "tier-kv-records-written") > 50);
    }

    long bytes = 0;
    for (Path file : segments()) {
      bytes += Files.size(file);
      assertEquals("rw-------", mode(file));
    }
    assertEquals("rwx------", mode(model.cache()));
    assertTrue(bytes > 0 && bytes <= budget, bytes + " B");
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<Path> segments() throws Exception {
    try (Stream<Path> files = Files.list(model.cache())) {
      return new ArrayList<>(
          files.filter(each -> each.toString().endsWith(".tier")).toList());
    }
  }
}
