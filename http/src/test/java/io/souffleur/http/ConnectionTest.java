package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RejectReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that offer upgrades, leave, dawdle, or read too slowly. */
class ConnectionTest {
  private static final String CHAT = "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}";
  private static final String STREAM =
      "{\"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}";
  private static final String PATH = "/v1/chat/completions";

  private Served served;

  @BeforeEach
  void start() {
    served = new Served("idle-timeout = 400ms, body-timeout = 300ms, send-buffer-bytes = 16 KiB,"
        + " stream-buffer-bytes-max = 64 KiB, body-bytes-max = 1 MiB,"
        + " connections-max = 4");
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private HttpRequest chat(String body) {
    return served
        .request(PATH)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private void awaitAbort() {
    await()
        .atMost(Served.DEADLINE)
        .until(() -> served.engine.submissions.size() == 1
            && served.engine.aborts.contains(
                served.engine.submissions.getFirst().request().id()));
  }

  @Test
  void anOfferedUpgradeToHttp2LosesNoBody() throws Exception {
    String upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        + "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n";
    try (RawClient raw = new RawClient(served.port)) {
      String head = raw.send(RawClient.post(PATH, upgrade, CHAT)).readUntil("\r\n\r\n");
      assertTrue(head.startsWith("HTTP/1.1 200"), head);
    }
    HttpResponse<String> response = served.send(chat(CHAT));
    assertEquals(200, response.statusCode());
    assertEquals(HttpClient.Version.HTTP_1_1, response.version());
  }

  @Test
  void aClientThatLeavesAStreamAbortsIt() throws Exception {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("some text", 1);
    };
    HttpResponse<InputStream> response =
        served.client.send(chat(STREAM), HttpResponse.BodyHandlers.ofInputStream());
    assertEquals('d', response.body().read());
    response.body().close();

    awaitAbort();
  }

  @Test
  void aClientThatLeavesASilentStreamAbortsIt() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    try (RawClient raw = new RawClient(served.port)) {
      raw.send(RawClient.post(PATH, "", STREAM)).readUntil("\r\n\r\n");
    }
    awaitAbort();
  }

  @Test
  void aClientThatLeavesAWholeAnswerAbortsIt() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    CompletableFuture<HttpResponse<String>> waiting =
        served.client.sendAsync(chat(CHAT), HttpResponse.BodyHandlers.ofString());
    await().until(() -> served.engine.submissions.size() == 1);
    waiting.cancel(true);

    awaitAbort();
  }

  @Test
  void aClientThatLeavesBeforeTheEngineAnsweredAbortsNobodyElse() throws Exception {
    served.engine.script = submission -> {};
    try (RawClient raw = new RawClient(served.port)) {
      raw.send(RawClient.post(PATH, "", CHAT));
      await().until(() -> served.engine.submissions.size() == 1);
    }
    var submission = served.engine.submissions.getFirst();
    submission
        .owner()
        .tell(new GenerationEvent.Rejected(
            submission.request().id(), 1, RejectReason.DUPLICATE_ID, "in use"));

    served.engine.script = next -> next.answer("ok", 1);
    assertEquals(200, served.chat(", \"rid\": \"next\"").statusCode());
    assertTrue(served.engine.aborts.isEmpty());
  }

  @Test
  void aResetConnectionAbortsItsRequest() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    try (RawClient raw = new RawClient(served.port)) {
      raw.send(RawClient.post(PATH, "", CHAT));
      await().until(() -> served.engine.submissions.size() == 1);
      raw.reset();
    }
    awaitAbort();
  }

  @Test
  void aClientThatAsksToCloseStillGetsItsAnswer() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    try (RawClient raw = new RawClient(served.port)) {
      raw.send(RawClient.post(PATH, "Connection: close\r\n", STREAM)).readUntil("\r\n\r\n");
      await().until(() -> served.engine.submissions.size() == 1);
      served.engine.submissions.getFirst().text("late", 1);
      served.engine.submissions.getFirst().finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      String body = raw.readUntil("\r\n0\r\n\r\n");
      assertTrue(body.contains("[DONE]"), body);
    }
    assertTrue(served.engine.aborts.isEmpty());
  }

  @Test
  void aSlowReaderIsAbortedAtItsLimit() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    served.engine.script = submission -> {
      submission.accept();
      Thread.ofVirtual().start(() -> {
        while (served.engine.aborts.isEmpty() && sent.incrementAndGet() < 200_000) {
          submission.tokens('a');
          Thread.yield();
        }
      });
    };
    try (RawClient raw = new RawClient(served.port, 4096)) {
      raw.send(RawClient.post(PATH, "", STREAM)).readUntil("\r\n\r\n");
      awaitAbort();
      raw.skipToEnd();
    }
    assertTrue(sent.get() < 200_000, "aborted after " + sent.get());
  }

  @Test
  void aSlowBodyIsRefusedInTime() throws Exception {
    try (RawClient raw = new RawClient(served.port)) {
      raw.send("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: 100\r\n\r\n{");
      String head = raw.readUntil("\r\n\r\n");
      assertTrue(head.startsWith("HTTP/1.1 408"), head);
    }
  }

  @Test
  void aSlowHeadIsCutOff() throws Exception {
    try (RawClient raw = new RawClient(served.port)) {
      raw.send("POST " + PATH + " HTTP/1.1\r\nHo");
      raw.skipToEnd();
    }
  }

  @Test
  void anIdleConnectionIsClosedAndAWorkingOneIsNot() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    try (RawClient idle = new RawClient(served.port);
        RawClient working = new RawClient(served.port)) {
      working.send(RawClient.post(PATH, "", CHAT));
      idle.skipToEnd();
      await().until(() -> served.engine.submissions.size() == 1);
      served.engine.submissions.getFirst().text("done", 1);
      served.engine.submissions.getFirst().finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      assertTrue(working.readUntil("}}").contains("done"));
    }
  }

  @Test
  void twoRequestsInARowGetTheirAnswersInOrder() throws Exception {
    AtomicInteger count = new AtomicInteger();
    served.engine.script = submission -> submission.answer("n" + count.incrementAndGet(), 1);
    String request = RawClient.post(PATH, "", CHAT);
    try (RawClient raw = new RawClient(served.port)) {
      raw.send(request + request + request);
      for (int i = 0; i < 3; i++) {
        assertTrue(raw.readUntil("\"default\"}}").contains("HTTP/1.1 200"));
      }
    }
    assertEquals(3, count.get());
  }

  @Test
  void connectionsAboveTheLimitAreClosed() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    RawClient[] clients = new RawClient[4];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = new RawClient(served.port);
      clients[i].send(RawClient.post(PATH, "", CHAT));
    }
    await().until(() -> served.engine.submissions.size() == clients.length);
    try (RawClient extra = new RawClient(served.port)) {
      assertEquals(0, extra.skipToEnd());
    }
    for (RawClient client : clients) {
      client.close();
    }
    await().until(() -> served.engine.aborts.size() == clients.length);
  }

  @Test
  void aBodyBrokenOffHarmsNobody() throws Exception {
    try (RawClient raw = new RawClient(served.port)) {
      raw.send("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: 100\r\n\r\n{");
      raw.reset();
    }
    assertEquals(200, served.chat("").statusCode());
    assertTrue(served.engine.submissions.size() == 1);
  }

  @Test
  void nonsenseInsteadOfHttpIsRefused() throws IOException {
    try (RawClient raw = new RawClient(served.port)) {
      String answer = raw.send("nonsense\r\n\r\n").readUntil("\r\n\r\n");
      assertFalse(answer.startsWith("HTTP/1.1 2"), answer);
    }
  }

  @Test
  void stoppingTheServerEndsItsStreams() throws Exception {
    served.engine.script = ScriptedEngine.Submission::accept;
    try (RawClient raw = new RawClient(served.port)) {
      raw.send(RawClient.post(PATH, "", STREAM)).readUntil("\r\n\r\n");
      served.kit.stop(served.server);
      raw.skipToEnd();
    }
    awaitAbort();
  }

  @Test
  void aTakenPortIsReported() {
    try {
      Served second = new Served("port = " + served.port);
      second.close();
      throw new IllegalStateException("two servers on one port");
    } catch (AssertionError notListening) {
      assertTrue(notListening.getMessage().contains("NotListening"), notListening.getMessage());
    }
  }
}
