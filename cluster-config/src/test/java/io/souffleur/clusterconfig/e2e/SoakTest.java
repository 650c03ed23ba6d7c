package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.EngineStatus;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many requests against one server over sockets: a tenth leave in the middle of the answer, a twentieth are
 * malformed. Nothing may be left: pages, slots, files, threads, memory.
 *
 * <p>{@code -Dsoak.requests=20000} makes it long.
 */
class SoakTest {
  private static final int REQUESTS = Integer.getInteger("soak.requests", 400);
  private static final int CLIENTS = 16;
  private static final long MIB = 1 << 20;

  private final AtomicInteger whole = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private int port;

  @Test
  void manyRequestsLeaveNothingBehind() throws Exception {
    try (RunningNode node = RunningNode.serve(LaunchWords.options("--port", "0"), System.err)) {
      port = node.address().orElseThrow().getPort();
      run(REQUESTS / 5, 1);
      Footprint before = settled(node);

      run(REQUESTS, 2);

      Footprint after = settled(node);
      System.err.println("soak: " + whole + " answered, " + left + " left, " + refused
          + " refused; before " + before + ", after " + after);
      assertEquals(REQUESTS + REQUESTS / 5, whole.get() + left.get() + refused.get());
      assertTrue(left.get() > 0 && refused.get() > 0);
      assertTrue(after.files() <= before.files() + 8, "files");
      assertTrue(after.threads() <= before.threads() + 8, "threads");
      assertTrue(after.heapBytes() <= before.heapBytes() + 24 * MIB, "heap");
      assertTrue(after.rankBytes() <= before.rankBytes() + 48 * MIB, "memory of the rank");
    }
  }

  private void run(int requests, long seed) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int share = requests / CLIENTS + (client < requests % CLIENTS ? 1 : 0);
        Random random = new Random(seed * 1_000 + client);
        running.add(clients.submit(() -> {
          for (int i = 0; i < share; i++) {
            one(random);
          }
          return null;
        }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  private void one(Random random) throws IOException {
    int kind = random.nextInt(20);
    int tokens = 8 + random.nextInt(40);
    String body = kind == 0
        ? "{\"messages\": 7}"
        : "{\"stream\":true,\"max_tokens\":" + tokens + ",\"ignore_eos\":true,\"messages\":"
            + "[{\"role\":\"user\",\"content\":\"What is " + random.nextInt(90) + " + "
            + random.nextInt(900) + "?\"}]}";
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request(body));
      InputStream answer = socket.getInputStream();
      if (kind == 1 || kind == 2) {
        answer.readNBytes(300 + random.nextInt(2_000));
        left.incrementAndGet();
        return;
      }
      String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      if (kind == 0) {
        assertTrue(text.startsWith("HTTP/1.1 400"), text);
        refused.incrementAndGet();
      } else {
        assertTrue(text.contains("data: [DONE]"), text);
        whole.incrementAndGet();
      }
    }
  }

  private static byte[] request(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
        + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: " + bytes.length
        + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.UTF_8);
  }

  /** Waits until every request has ended, then checks the books and measures. */
  private static Footprint settled(RunningNode node) throws IOException {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            node.client().status().running() == 0 && node.client().status().waiting() == 0);
    EngineStatus status = node.client().status();
    assertEquals(0, status.counter("pages-used"));
    assertEquals(0, status.counter("slots-used"));
    assertEquals(
        status.counter("requests-accepted"),
        status.counter("requests-completed")
            + status.counter("requests-failed")
            + status.counter("requests-cancelled"));
    return Footprint.of(RankProcesses.alive().getFirst().pid());
  }
}
