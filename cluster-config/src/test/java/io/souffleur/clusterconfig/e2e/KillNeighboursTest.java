package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.e2e.KillStream.Question;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The law across processes with everything at once: memory for a third of the load, so that sequences are
 * sent back and computed again, neighbours that are aborted at any moment, and the rank killed on the way.
 * Greedy and sampled streams have the tokens that they have alone.
 */
class KillNeighboursTest {
  private static final int WATCHED = 6;
  private static final int NEIGHBOURS = 30;
  private static final int KILLS = 3;

  private static Question question(Random random, int vocabulary, int i, int tokens) {
    SamplingSpec sampling =
        i % 2 == 0 ? SamplingSpec.GREEDY : new SamplingSpec(1, 0.95f, 0, 0, 900L + i, i % 3);
    return new Question(
        random.ints(1 + random.nextInt(200), 0, vocabulary).toArray(), tokens, sampling);
  }

  @Test
  void retractionAbortsOfNeighboursAndKillsChangeNoToken() throws Exception {
    try (var engine = new KillableEngine(
        "--chunked-prefill-size",
        "64",
        "--max-running-requests",
        "10",
        "--schedule-conservativeness",
        "0",
        "--max-total-tokens",
        "1024")) {
      Random random = new Random(12);
      int vocabulary = engine.client.model().vocabularySize();
      List<Question> questions = new ArrayList<>();
      for (int i = 0; i < WATCHED; i++) {
        questions.add(question(random, vocabulary, i, 250));
      }
      List<int[]> alone = new ArrayList<>();
      for (Question each : questions) {
        alone.add(KillStream.ask(engine, each).await());
      }
      long preemptions = engine.counter("preemptions");

      List<KillStream> watched =
          questions.stream().map(each -> KillStream.ask(engine, each)).toList();
      List<KillStream> neighbours = new ArrayList<>();
      List<KillStream> aborted = new ArrayList<>();
      int kills = 0;
      for (int i = 0; i < NEIGHBOURS; i++) {
        neighbours.add(KillStream.ask(engine, question(random, vocabulary, i, 200)));
        long before = engine.counter("tokens-generated");
        long more = random.nextInt(60);
        KillableEngine.until(() -> engine.counter("tokens-generated") >= before + more
            || engine.status().running() == 0);
        if (i % 3 != 0) {
          KillStream leaver = neighbours.get(random.nextInt(neighbours.size()));
          engine.client.abort(leaver.id);
          aborted.add(leaver);
        }
        if (i % (NEIGHBOURS / KILLS) == NEIGHBOURS / KILLS / 2) {
          KillableEngine.until(() -> engine.status().rankReady());
          RankProcesses.killTheOne();
          kills++;
        }
      }

      for (int i = 0; i < WATCHED; i++) {
        assertArrayEquals(alone.get(i), watched.get(i).await(), "stream " + i);
      }
      neighbours.forEach(each -> assertInstanceOf(Finished.class, each.end()));
      engine.assertNothingIsHeld();
      assertEquals(kills, engine.counter("rank-deaths"));
      assertTrue(engine.counter("preemptions") > preemptions, "nobody was sent back");
      assertTrue(engine.counter("requests-cancelled") > 0, aborted.size() + " aborts came late");
      assertEquals(1, engine.status().epoch());
    }
  }
}
