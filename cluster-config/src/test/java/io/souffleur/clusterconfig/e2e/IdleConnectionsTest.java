package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * A thousand streams open at once at a rank that stands still: some in the middle of their answer,
 * the rest in the queue. The front goes on, what a stream costs is bounded, and all of them end
 * well when the rank goes on.
 */
class IdleConnectionsTest {
  private static final int STREAMS = 1_000;
  private static final int RUNNING = 8;

  /** Enough to be running still when the rank stops, few enough to fit the buffers until it goes on. */
  private static final int RUNNING_TOKENS = 800;

  private static final long BYTES_EACH_MAX = 128 << 10;
  private static final int THREADS_MORE_MAX = 16;

  private int port;

  @Test
  void aThousandOpenStreamsCostLittleAndAllEnd() throws Exception {
    List<WireCall> open = new ArrayList<>();
    try (RunningNode node = serve()) {
      port = node.address().orElseThrow().getPort();
      Map<Integer, String> canary = canary();
      Footprint before = Footprint.of(RankProcesses.alive().getFirst().pid());
      for (int i = 0; i < RUNNING; i++) {
        WireCall running = stream(RUNNING_TOKENS);
        running.event();
        open.add(running);
      }
      RankProcesses.signalTheOne("STOP");
      for (int i = RUNNING; i < STREAMS; i++) {
        WireCall queued = stream(2);
        assertTrue(queued.head().startsWith("HTTP/1.1 200 "));
        open.add(queued);
      }
      assertEquals(RUNNING, node.client().status().running());
      assertEquals(STREAMS - RUNNING, node.client().status().waiting());

      Latencies others = new Latencies();
      for (String path : List.of("/v1/models", "/get_load", "/metrics", "/server_info")) {
        long start = System.nanoTime();
        try (WireCall call = WireCall.get(port, path)) {
          assertTrue(call.head().startsWith("HTTP/1.1 200 "), path);
        }
        others.since(start);
      }
      Footprint amid = Footprint.of(RankProcesses.alive().getFirst().pid());
      endWell(open);

      long heapEach = (amid.heapBytes() - before.heapBytes()) / STREAMS;
      long residentEach = (amid.frontBytes() - before.frontBytes()) / STREAMS;
      System.err.println(STREAMS + " open streams, both ends in one process: " + heapEach
          + " B of heap and " + residentEach + " B of resident memory each; others: " + others);
      assertTrue(heapEach <= BYTES_EACH_MAX, "heap bytes of a stream: " + heapEach);
      assertTrue(amid.threads() <= before.threads() + THREADS_MORE_MAX, "threads");
      assertEquals(canary, canary());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertTrue(
              Footprint.of(RankProcesses.alive().getFirst().pid()).files() <= before.files() + 8));
      assertEquals(0, node.client().status().counter("pages-used"));
    } finally {
      for (WireCall each : open) {
        each.close();
      }
    }
  }

  /** Lets the rank go on, with all who run read at once: nobody of them is a slow reader. */
  private static void endWell(List<WireCall> open) throws Exception {
    try (ExecutorService readers = Executors.newFixedThreadPool(RUNNING)) {
      List<Future<Map<Integer, String>>> running = new ArrayList<>();
      for (WireCall each : open.subList(0, RUNNING)) {
        running.add(readers.submit(() -> each.texts()));
      }
      RankProcesses.signalTheOne("CONT");
      for (Future<Map<Integer, String>> each : running) {
        assertEquals(1, each.get().size());
      }
    }
    for (WireCall each : open.subList(RUNNING, open.size())) {
      assertEquals(1, each.texts().size());
    }
    for (WireCall each : open) {
      each.close();
    }
  }

  private static RunningNode serve() throws Exception {
    return RunningNode.serve(
        LaunchWords.options(
            "--port",
            "0",
            "--max-running-requests",
            Integer.toString(RUNNING),
            "--max-queued-requests",
            Integer.toString(STREAMS)),
        System.err);
  }

  private WireCall stream(int tokens) throws IOException {
    return WireCall.chat(
        port, ", \"stream\": true, \"ignore_eos\": true, \"max_tokens\": " + tokens);
  }

  private Map<Integer, String> canary() throws IOException {
    try (WireCall call =
        WireCall.chat(port, ", \"stream\": true, \"seed\": 3, \"max_tokens\": 60")) {
      return call.texts();
    }
  }
}
