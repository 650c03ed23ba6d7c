package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.testkit.MalformedHeads;
import io.souffleur.testkit.MalformedRequests;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Everything malformed that is known here, against one server: refused or cut off, never its fault,
 * and nothing is left of it. A prompt is answered the same before, amid and after.
 *
 * <p>{@code -Dmalformed.rounds=50} makes it long.
 */
class CanaryTest {
  private static final int ROUNDS = Integer.getInteger("malformed.rounds", 1);
  private static final int DAWDLERS = 64;
  private static final long MIB = 1 << 20;
  private static final String CANARY =
      ", \"stream\": true, \"seed\": 3, \"temperature\": 0.8, \"max_tokens\": 120";

  /** Values that the vocabulary of the tests' fake engine does not have, but this model does. */
  private static final Pattern SMALL_VOCABULARY = Pattern.compile("\\[(257|300|999)]");

  private RunningNode node;
  private int port;

  @Test
  void malformedRequestsLeaveNothingBehind() throws Exception {
    try (RunningNode serving = RunningNode.serve(LaunchWords.options("--port", "0"), System.err)) {
      node = serving;
      port = serving.address().orElseThrow().getPort();
      Map<Integer, String> canary = canary();
      round();
      Footprint before = settled();

      for (int i = 0; i < ROUNDS; i++) {
        round();
        assertEquals(canary, canary());
      }

      Footprint after = settled();
      System.err.println("malformed: before " + before + ", after " + after);
      assertTrue(after.files() <= before.files() + 8, "files");
      assertTrue(after.threads() <= before.threads() + 8, "threads");
      assertTrue(after.heapBytes() <= before.heapBytes() + 24 * MIB, "heap");
      assertTrue(after.frontBytes() <= before.frontBytes() + 192 * MIB, "memory of the front");
      assertTrue(after.rankBytes() <= before.rankBytes() + 48 * MIB, "memory of the rank");
    }
  }

  private Map<Integer, String> canary() throws IOException {
    try (WireCall call = WireCall.chat(port, CANARY)) {
      return call.texts();
    }
  }

  private void round() throws IOException {
    List<WireCall> dawdlers = dawdlers();
    Map<Integer, String> amid = canary();
    List<String> wrong = new ArrayList<>();
    for (MalformedRequests.Case each : MalformedRequests.all()) {
      boolean known = SMALL_VOCABULARY
          .matcher(new String(each.body(), StandardCharsets.UTF_8))
          .find();
      try (WireCall call = WireCall.post(port, each.path(), each.body())) {
        int status = status(call);
        if (status != each.status() && !(known && status == 200)) {
          wrong.add(status + " for " + each.shown());
        }
      }
    }
    for (MalformedHeads.Case each : MalformedHeads.all()) {
      int status = status(each.bytes());
      if (status != each.status() && status != 0) {
        wrong.add(status + " for " + each.name());
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertEquals(amid, canary());
    for (WireCall dawdler : dawdlers) {
      dawdler.close();
    }
  }

  /** Requests that never come to their end: heads, bodies, chunks. */
  private List<WireCall> dawdlers() throws IOException {
    String head =
        "POST " + WireCall.CHAT + " HTTP/1.1\r\nHost: x\r\n" + "Content-Type: application/json\r\n";
    List<String> beginnings = List.of(
        "",
        "P",
        head,
        head + "Content-Length: 100\r\n\r\n{",
        head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{");
    List<WireCall> dawdlers = new ArrayList<>();
    for (int i = 0; i < DAWDLERS; i++) {
      String beginning = beginnings.get(i % beginnings.size());
      dawdlers.add(WireCall.raw(port, beginning.getBytes(StandardCharsets.UTF_8)));
    }
    return dawdlers;
  }

  /** The status of an answer; 0 if the server cut the connection while it was still written to. */
  private int status(byte[] request) throws IOException {
    try (WireCall call = WireCall.raw(port, request)) {
      return status(call);
    } catch (SocketException cutOff) {
      return 0;
    }
  }

  private static int status(WireCall call) throws IOException {
    String head = call.head();
    return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ")[1]);
  }

  private Footprint settled() throws IOException {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> node.client().status().running() == 0
            && node.client().status().waiting() == 0
            && node.client().status().counter("pages-used") == 0);
    return Footprint.of(RankProcesses.alive().getFirst().pid());
  }
}
