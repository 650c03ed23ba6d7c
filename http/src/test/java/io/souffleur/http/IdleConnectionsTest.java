package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.FinishReason;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Very many streams that fall silent in the middle of their answer, next to one that speaks. */
class IdleConnectionsTest {
  private static final int IDLE = 300;
  private static final int CANARY_TOKENS = 200;
  private static final long HEAP_BYTES_EACH_MAX = 128 << 10;
  private static final int THREADS_MORE_MAX = 16;
  private static final String PATH = "/v1/chat/completions";
  private static final String STREAM =
      "{\"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}";

  @Test
  void hundredsOfSilentStreamsLeaveACanaryAlone() throws Exception {
    List<RawClient> idle = new ArrayList<>();
    try (Served served = new Served("connections-max = " + (IDLE + 1))) {
      String text = "y".repeat(CANARY_TOKENS);
      served.engine.script = submission -> submission.answer(text, 1);
      assertEquals(text, canary(served));
      long heapBefore = heapBytes();
      int threadsBefore = threads();

      served.engine.script = submission -> {
        submission.accept();
        submission.tokens('f');
      };
      for (int i = 0; i < IDLE; i++) {
        RawClient client = new RawClient(served.port);
        idle.add(client);
        client.send(RawClient.post(PATH, "", STREAM));
      }
      await().atMost(Served.DEADLINE).until(() -> served.engine.submissions.size() == IDLE + 1);

      served.engine.script = submission -> submission.answer(text, 1);
      assertEquals(text, canary(served));
      long each = (heapBytes() - heapBefore) / IDLE;
      assertTrue(each <= HEAP_BYTES_EACH_MAX, "heap bytes of an idle stream: " + each);
      assertTrue(threads() <= threadsBefore + THREADS_MORE_MAX, "threads: " + threads());
      for (var silent : served.engine.submissions.subList(1, IDLE + 1)) {
        silent.finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      }
      for (RawClient client : idle) {
        String answer = client.readUntil("[DONE]\n\n");
        assertTrue(answer.contains("\"content\":\"f\"") && answer.contains("[DONE]"), answer);
      }
    } finally {
      for (RawClient client : idle) {
        client.close();
      }
    }
  }

  private static String canary(Served served) {
    return Streamed.of(served.chat(", \"stream\": true").body()).content();
  }

  private static long heapBytes() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
