package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.ScriptedEngine.Submission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Clients that do not read, next to one that does: it gets each token before the engine makes the
 * next, and the others are cut off at {@code stream-buffer-bytes-max}.
 */
class SlowReaderTest {
  private static final int SLOW = 16;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int TOKENS_PER_STEP = 1_000;

  /** Text of a step and the JSON around it. */
  private static final int EVENT_BYTES = TOKENS_PER_STEP + 200;

  private static final int ROUNDS_MAX = 4 * BUFFER_BYTES / TOKENS_PER_STEP;
  private static final String PATH = "/v1/chat/completions";
  private static final String STREAM =
      "{\"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}";

  @Test
  void slowReadersEndAtTheirLimitAndNobodyWaitsForThem() throws Exception {
    int[] step = new int[TOKENS_PER_STEP];
    Arrays.fill(step, 's');
    List<RawClient> silent = new ArrayList<>();
    try (Served served = new Served("send-buffer-bytes = 16 KiB");
        RawClient reading = new RawClient(served.port)) {
      served.engine.script = Submission::accept;
      for (int i = 0; i < SLOW; i++) {
        RawClient client = new RawClient(served.port, 4_096);
        silent.add(client);
        client.send(RawClient.post(PATH, "", STREAM)).readUntil("\r\n\r\n");
      }
      List<Submission> slow = List.copyOf(served.engine.submissions);
      reading.send(RawClient.post(PATH, "", STREAM)).readUntil("\r\n\r\n");
      Submission read = served.engine.submissions.getLast();

      int rounds = 0;
      while (served.engine.aborts.size() < SLOW && rounds < ROUNDS_MAX) {
        rounds++;
        slow.forEach(each -> each.tokens(step));
        read.tokens('r');
        String shown = reading.readUntil("\"content\":\"r\"");
        assertTrue(shown.endsWith("\"content\":\"r\""), shown);
      }
      // Nothing ties the sessions to the pace of the rounds: some may have theirs still to read.
      await().atMost(Served.DEADLINE).until(() -> served.engine.aborts.size() >= SLOW);
      Set<RequestId> aborted = new HashSet<>(served.engine.aborts);
      assertEquals(new HashSet<>(slow.stream().map(each -> each.request().id()).toList()), aborted);
      assertTrue(rounds * EVENT_BYTES >= BUFFER_BYTES, "cut off after " + rounds + " rounds");

      read.finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      assertTrue(reading.readUntil("[DONE]\n\n").endsWith("[DONE]\n\n"));
      for (RawClient client : silent) {
        long bytes = client.skipToEnd();
        assertTrue(bytes < BUFFER_BYTES, "the kernel held " + bytes + " bytes");
      }
      await().atMost(Served.DEADLINE).until(() -> served.engine.aborts.size() == SLOW);
      assertFalse(served.engine.aborts.contains(read.request().id()));
    } finally {
      for (RawClient client : silent) {
        client.close();
      }
    }
  }
}
