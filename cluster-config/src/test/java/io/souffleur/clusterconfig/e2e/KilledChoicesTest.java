package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.souffleur.actors.EngineStatus;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several choices of one request across a {@code kill -9} of the rank, as a client sees them. */
class KilledChoicesTest {
  private static final String ASKED = ", \"stream\": true, \"n\": 4, \"seed\": 11, \"temperature\":"
      + " 0.9, \"presence_penalty\": 0.3, \"ignore_eos\": true, \"max_tokens\": 400";
  private static RunningNode node;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.serve(LaunchWords.options("--port", "0"), System.err);
    port = node.address().orElseThrow().getPort();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Map<Integer, String> choices() throws IOException {
    try (WireCall call = WireCall.chat(port, ASKED)) {
      return call.texts();
    }
  }

  /** The kill comes when so many events were read: in the first tokens, and amid them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 150})
  void everyChoiceEndsAsWithoutTheKill(int eventsBefore) throws Exception {
    Map<Integer, String> undisturbed = choices();
    EngineStatus before = node.client().status();

    Map<Integer, String> disturbed;
    AtomicInteger events = new AtomicInteger();
    try (WireCall call = WireCall.chat(port, ASKED)) {
      disturbed = call.texts(() -> {
        if (events.incrementAndGet() == eventsBefore) {
          RankProcesses.killTheOne();
        }
      });
    }

    assertEquals(4, undisturbed.size());
    assertNotEquals(undisturbed.get(0), undisturbed.get(1));
    assertEquals(undisturbed, disturbed);
    assertEquals(undisturbed, choices());
    EngineStatus after = node.client().status();
    assertEquals(before.rankIncarnation() + 1, after.rankIncarnation());
    assertEquals(before.epoch(), after.epoch());
  }
}
