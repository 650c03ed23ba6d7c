package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.clusterconfig.rank.RankCommand;
import io.souffleur.contracts.request.SamplingSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The law for what {@code serve} picks: the same tokens from a rank on a thread or in a process, with one
 * or two team threads, alone or in a batch, in chunks of any size; and the same logits from a JVM that has
 * just started as from one that is warm.
 */
class LawAcrossProcessesTest {
  private static final int REQUESTS = 8;

  private static List<int[]> answers(String... words) throws Exception {
    try (RunningNode node = RunningNode.quiet(LaunchWords.options(words), System.err)) {
      Random random = new Random(3);
      List<Stream> streams = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        int vocabulary = node.client().model().vocabularySize();
        int[] prompt = random.ints(5 + 37 * i, 0, vocabulary).toArray();
        SamplingSpec sampling =
            i % 2 == 0 ? SamplingSpec.GREEDY : new SamplingSpec(0.8f, 0.9f, 0.01f, 50, i, 0);
        streams.add(Stream.ask(node, prompt, 60, sampling));
      }
      return streams.stream().map(Stream::await).toList();
    }
  }

  @Test
  void tokensDoNotDependOnIsolationThreadsBatchOrChunks() throws Exception {
    List<int[]> alone = answers(
        "--isolation",
        "thread",
        "--max-running-requests",
        "1",
        "--cpu-threads",
        "1",
        "--chunked-prefill-size",
        "-1");

    assertSame(alone, answers("--isolation", "thread", "--cpu-threads", "2"));
    assertSame(
        alone,
        answers("--isolation", "process", "--cpu-threads", "1", "--chunked-prefill-size", "64"));
    assertSame(
        alone,
        answers("--isolation", "process", "--cpu-threads", "2", "--max-running-requests", "3"));
  }

  private static void assertSame(List<int[]> expected, List<int[]> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), "request " + i);
    }
  }

  @Test
  void logitsOfAColdJvmEqualThoseOfAWarmOne() throws Exception {
    String first = LogitDigest.of(1);
    for (int i = 0; i < 20; i++) {
      assertEquals(first, LogitDigest.of(2), "run " + i);
    }

    assertEquals(first, coldDigest(1));
    assertEquals(first, coldDigest(2));
  }

  private static String coldDigest(int threads) throws Exception {
    List<String> command = new ArrayList<>(RankCommand.jvm());
    command.addAll(List.of(
        "-cp",
        System.getProperty("java.class.path"),
        LogitDigest.class.getName(),
        Integer.toString(threads)));
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String digest =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(true, process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue());
    return digest;
  }
}
