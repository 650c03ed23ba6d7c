package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.e2e.TierCall.Answer;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records outlive the actors, loops and caches of the epoch that wrote them. */
class TierRebuildTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir
  Path folder;

  private TierModel model;
  private final List<int[]> prompts = TierModel.prompts(200, 300, 400);
  private List<Answer> computed;

  @BeforeEach
  void compute() throws Exception {
    model = new TierModel(folder);
    try (RunningNode node = model.plain("--isolation", "thread")) {
      computed = TierModel.ask(node, prompts);
    }
  }

  private void assertSame(List<Answer> found) {
    for (int i = 0; i < prompts.size(); i++) {
      assertEquals(computed.get(i).scores(), found.get(i).scores(), "prompt " + i);
    }
  }

  /** The tier lies in the run directory here, and the caches of the new epoch are empty. */
  @ParameterizedTest
  @CsvSource({
    "thread,replica-0/scheduler",
    "thread,replica-0/kv-cache",
    "process,transport/replica-0/mamba-cache"
  })
  void aKilledActorCostsNoPrefix(String isolation, String actor) throws Exception {
    try (RunningNode node = model.tiered("--isolation", isolation, "--enable-hierarchical-cache")) {
      assertSame(TierModel.ask(node, prompts));
      TierCall.awaitWritten(node.client());

      kill(node, actor);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> node.client().status().ready() && node.client().status().epoch() == 2);

      List<Answer> restored = TierModel.ask(node, prompts);
      assertSame(restored);
      assertEquals(
          List.of(199, 299, 399), restored.stream().map(Answer::cachedTokens).toList());
      assertTrue(TierModel.counter(node, "tier-restores") >= prompts.size());
    }
  }

  private static void kill(RunningNode node, String actor) {
    Adapter.toClassic(node.system())
        .actorSelection("/user/engine/" + actor)
        .tell(Kill.getInstance(), ActorRef.noSender());
  }

  @Test
  void drainingWritesWhatIsOnItsWay() throws Exception {
    try (RunningNode node = model.keeping("--isolation", "thread")) {
      TierModel.ask(node, prompts);
      node.drain(PATIENCE);
      assertEquals(0, TierModel.counter(node, "tier-pending"));
    }
    try (RunningNode node = model.keeping("--isolation", "thread")) {
      List<Answer> restored = TierModel.ask(node, prompts);
      assertSame(restored);
      assertEquals(
          List.of(199, 299, 399), restored.stream().map(Answer::cachedTokens).toList());
    }
  }
}
