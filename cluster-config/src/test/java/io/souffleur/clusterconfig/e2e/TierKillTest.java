package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.Main;
import io.souffleur.clusterconfig.e2e.TierCall.Answer;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.clusterconfig.rank.RankCommand;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} while pages and states travel: of the rank, and of the whole server. */
class TierKillTest {
  private static final int ROUNDS = 4;

  @TempDir
  Path folder;

  private TierModel model;
  private final List<int[]> prompts = TierModel.prompts(700, 701, 702, 703, 704, 705);
  private List<Answer> computed;

  @BeforeEach
  void compute() throws Exception {
    model = new TierModel(folder);
    try (RunningNode node = model.plain("--isolation", "thread")) {
      computed = TierModel.ask(node, prompts);
    }
  }

  /** The pool has room for one prompt, so every round brings back all others, and sends them out. */
  @Test
  void aRankThatDiesOnTheWayChangesNothing() throws Exception {
    Random random = new Random(11);
    try (RunningNode node = model.keeping(
        "--isolation", "process", "--max-total-tokens", "1024", "--hicache-ratio", "20")) {
      int kills = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < prompts.size(); i++) {
          awaitSuccessor(node, kills);
          TierCall call = TierCall.ask(node.system(), node.client(), prompts.get(i));
          if (i % 3 == round % 3) {
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
            RankProcesses.killTheOne();
            kills++;
          }
          assertEquals(
              computed.get(i).scores(), call.await().scores(), "round " + round + ", " + i);
        }
      }
      assertEquals(ROUNDS * 2, TierModel.counter(node, "rank-deaths"));
      assertTrue(TierModel.counter(node, "tier-imported") > 0);
      assertTrue(TierModel.counter(node, "tier-exported") > 0);
    }
    assertEquals(List.of(), RankProcesses.alive());
  }

  /** A kill may come behind the answer; then nothing else waits for the next rank. */
  private static void awaitSuccessor(RunningNode node, int kills) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> TierModel.counter(node, "rank-deaths") == kills
            && RankProcesses.alive().size() == 1);
  }

  @Test
  void aServerThatDiesLeavesFilesThatCanBeRead() throws Exception {
    Random random = new Random(12);
    for (int round = 0; round < ROUNDS; round++) {
      killAServer(random);
    }

    try (RunningNode node = model.keeping("--isolation", "thread")) {
      List<Answer> answers = TierModel.ask(node, prompts);

      for (int i = 0; i < prompts.size(); i++) {
        assertEquals(computed.get(i).scores(), answers.get(i).scores());
      }
    }
  }

  private void killAServer(Random random) throws Exception {
    List<String> command = new ArrayList<>(RankCommand.jvm());
    command.removeIf(word -> word.startsWith("-Xmx"));
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "serve", "--port", "0"));
    command.addAll(List.of("--isolation", "thread"));
    command.addAll(List.of(model.words(List.of("--cache-dir", model.cache().toString()))));
    Process server = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String url = awaitReady(server.inputReader());
      for (int[] prompt : prompts) {
        send(url, prompt);
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static String awaitReady(BufferedReader lines) throws Exception {
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("ready: ")) {
        return line.replaceFirst(".* on (http://\\S+) .*", "$1");
      }
    }
    throw new AssertionError("the server ended: " + said);
  }

  private static void send(String url, int[] prompt) throws Exception {
    String body = "{\"input_ids\":" + java.util.Arrays.toString(prompt)
        + ",\"extra_key\":\"tenant\",\"sampling_params\":{\"max_new_tokens\":4}}";
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/generate"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
    // Its threads are daemons, and its connection ends with the server.
    @SuppressWarnings("resource")
    HttpClient client = HttpClient.newHttpClient();
    assertEquals(200, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
  }
}
