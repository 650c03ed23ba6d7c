package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Requests above the limits of the waiting queue. The rank stands still meanwhile, so that the queue
 * is as full as the test made it.
 *
 * <p>{@code -Dqueue.refusals=2000} refuses so many and prints how long that took.
 */
class FullQueueTest {
  private static final int REFUSALS = Integer.getInteger("queue.refusals", 50);
  private static final int WAITING = 4;
  private static final String TOKENS_KEY = "io.souffleur.scheduler.max-queued-tokens";
  private static final String ASKED = ", \"ignore_eos\": true, \"max_tokens\": 20";

  private static RunningNode serve() throws Exception {
    return RunningNode.serve(
        LaunchWords.options(
            "--port",
            "0",
            "--max-running-requests",
            "1",
            "--max-queued-requests",
            Integer.toString(WAITING)),
        System.err);
  }

  /** One that runs and so many that wait, at a rank that was stopped while it computed the first. */
  private static List<WireCall> fill(RunningNode node, int waiting) throws Exception {
    int port = node.address().orElseThrow().getPort();
    List<WireCall> calls = new ArrayList<>();
    WireCall running =
        WireCall.chat(port, ", \"stream\": true, \"ignore_eos\": true, \"max_tokens\": 1500");
    calls.add(running);
    running.event();
    RankProcesses.signalTheOne("STOP");
    for (int i = 0; i < waiting; i++) {
      calls.add(WireCall.chat(port, ASKED));
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> node.client().status().waiting() == waiting);
    return calls;
  }

  /** Lets the rank go on; everybody who was taken is served. */
  private static void release(List<WireCall> calls) throws Exception {
    RankProcesses.signalTheOne("CONT");
    for (WireCall call : calls) {
      String answer = call.rest();
      assertTrue(answer.contains("\"finish_reason\":\"length\""), answer);
      call.close();
    }
  }

  @Test
  void oneRequestTooManyIsAnswered429AtOnce() throws Exception {
    try (RunningNode node = serve()) {
      int port = node.address().orElseThrow().getPort();
      List<WireCall> taken = fill(node, WAITING);
      Latencies refusals = new Latencies();
      for (int i = 0; i < REFUSALS; i++) {
        long start = System.nanoTime();
        try (WireCall call = WireCall.chat(port, ASKED)) {
          String head = call.head();
          refusals.since(start);
          assertTrue(head.startsWith("HTTP/1.1 429 Too Many Requests\n"), head);
          assertTrue(head.contains("\nRetry-After: 1\n"), head);
          String body = call.rest();
          assertTrue(body.contains("\"code\":429"), body);
          assertTrue(body.contains(WAITING + " requests wait already"), body);
        }
      }
      System.err.println("refusals: " + refusals);
      assertEquals(WAITING, node.client().status().waiting());
      release(taken);
      try (WireCall again = WireCall.chat(port, ASKED)) {
        assertTrue(again.head().startsWith("HTTP/1.1 200 "));
      }
    }
  }

  @Test
  void tooManyPromptTokensAreAnswered429WithTheNumbers() throws Exception {
    System.setProperty(TOKENS_KEY, "60");
    ConfigFactory.invalidateCaches();
    try (RunningNode node = serve()) {
      int port = node.address().orElseThrow().getPort();
      List<WireCall> taken = fill(node, 2);
      try (WireCall call = WireCall.chat(port, ASKED)) {
        String head = call.head();
        assertTrue(head.startsWith("HTTP/1.1 429 "), head);
        assertTrue(head.contains("\nRetry-After: "), head);
        String body = call.rest();
        assertTrue(body.contains("max-queued-tokens = 60"), body);
      }
      release(taken);
    } finally {
      System.clearProperty(TOKENS_KEY);
      ConfigFactory.invalidateCaches();
    }
  }
}
