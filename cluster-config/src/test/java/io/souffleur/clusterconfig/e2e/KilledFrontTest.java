package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.Main;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.clusterconfig.rank.RankCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of a serving process in the middle of an answer: nothing of it stays behind. */
class KilledFrontTest {
  private Process front;
  private ProcessHandle rank;
  private Path runDirectory;

  @BeforeEach
  void startAnAnswer() throws Exception {
    List<String> command = new ArrayList<>(RankCommand.jvm());
    command.removeIf(word -> word.startsWith("-Xmx"));
    command.addAll(List.of(
        "-Xmx1g",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "serve",
        "--port",
        "0",
        "--max-total-tokens",
        "4096"));
    front = new ProcessBuilder(command).redirectErrorStream(true).start();
    String url = awaitReady(front.inputReader());
    rank = front.children().findFirst().orElseThrow();
    runDirectory = runDirectory(rank);
    assertTrue(Files.isDirectory(runDirectory));
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":true,\"ignore_eos\":true,"
            + "\"max_tokens\":2000,\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}"))
        .build();
    // Its threads are daemons, and its connection ends with the server.
    @SuppressWarnings("resource")
    HttpClient client = HttpClient.newHttpClient();
    HttpResponse<InputStream> answer =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    assertTrue(answer.body().read() >= 0);
  }

  @AfterEach
  void nothingRuns() {
    front.destroyForcibly();
    if (rank != null) {
      rank.destroyForcibly();
    }
  }

  private static String awaitReady(BufferedReader lines) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("ready: ")) {
        return line.replaceFirst(".* on (http://\\S+) .*", "$1");
      }
    }
    throw new AssertionError("the server ended: " + said);
  }

  /** The system tells the whole command line of a process here. */
  private static Path runDirectory(ProcessHandle rank) throws IOException {
    String words = Files.readString(Path.of("/proc", Long.toString(rank.pid()), "cmdline"));
    return Arrays.stream(words.split("\0"))
        .map(Path::of)
        .filter(word -> word.getFileName() != null
            && word.getFileName().toString().startsWith("souffleur-")
            && Files.isDirectory(word))
        .findFirst()
        .orElseThrow();
  }

  private static void until(BooleanSupplier condition) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofMinutes(1))
        .until(condition::getAsBoolean);
  }

  @Test
  void theRankEndsAndTakesTheFilesWithIt() {
    front.destroyForcibly();

    until(() -> !rank.isAlive());
    until(() -> !Files.exists(runDirectory));
  }

  @Test
  void whatNobodyCouldRemoveTheNextStartRemoves() throws Exception {
    RankProcesses.signal(front.toHandle(), "STOP");
    rank.destroyForcibly();
    until(() -> !rank.isAlive() || isZombie(rank));
    front.destroyForcibly();
    until(() -> !front.isAlive() && !rank.isAlive());

    try (RunningNode next =
        RunningNode.quiet(LaunchWords.options("--max-total-tokens", "4096"), System.err)) {
      assertTrue(next.client().status().ready());
      assertTrue(Files.notExists(runDirectory), () -> runDirectory + " is still there");
    }
  }

  /** It cannot notice that its front has gone, so it holds the files in shared memory. */
  @Test
  void aStoppedRankIsEndedByTheNextStart() throws Exception {
    RankProcesses.signal(rank, "STOP");
    front.destroyForcibly();
    until(() -> !front.isAlive());
    assertTrue(rank.isAlive());
    assertTrue(Files.exists(runDirectory.resolve("kv-cache-e1-r0")));

    try (RunningNode next =
        RunningNode.quiet(LaunchWords.options("--max-total-tokens", "4096"), System.err)) {
      assertTrue(next.client().status().ready());
      assertTrue(Files.notExists(runDirectory), () -> runDirectory + " is still there");
      until(() -> !rank.isAlive());
    }
  }

  /** Dead, but its stopped parent has not noticed. */
  private static boolean isZombie(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException gone) {
      return true;
    }
  }
}
