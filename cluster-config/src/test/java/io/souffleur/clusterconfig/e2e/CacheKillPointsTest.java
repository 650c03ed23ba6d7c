package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.e2e.KillOrders.Deed;
import io.souffleur.clusterconfig.e2e.KillOrders.Order;
import io.souffleur.clusterconfig.e2e.KillOrders.Point;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.shard.StepRunner;
import io.souffleur.testkit.GoldenFolders;
import io.souffleur.understudy.EmbeddedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that share prefixes while their rank dies at named points: a process by {@code kill -9}, a rank
 * on the engine's thread by an exception. Every stream has the tokens that it has when it shares nothing
 * and nobody dies; for the hybrid tiny model with both strategies, and for the dense one.
 */
class CacheKillPointsTest {
  private static final String EXTRA_BUFFER = "extra_buffer";

  /** What is served, and how states are kept. */
  record Served(String folder, String strategy) {
    boolean keepsOnTheWay() {
      return folder.equals("text-tied") && strategy.equals(EXTRA_BUFFER);
    }

    /** Ids are all that is asked, so any tokenizer will do. */
    String[] words(Path folderOfTokenizer, String isolation) throws Exception {
      return new String[] {
        "--model-path", GoldenFolders.path(folder).toString(),
        "--tokenizer-path", EmbeddedModel.unpack(folderOfTokenizer).toString(),
        "--isolation", isolation,
        "--page-size", "16",
        "--chunked-prefill-size", "32",
        "--mamba-track-interval", "32",
        "--mamba-scheduler-strategy", strategy,
        "--max-running-requests", "9",
        "--max-total-tokens", "4096",
        "--max-mamba-cache-size", "64",
      };
    }
  }

  static Stream<Served> served() {
    return Stream.of(
        new Served("text-tied", EXTRA_BUFFER),
        new Served("text-tied", "no_buffer"),
        new Served("text-qwen3", EXTRA_BUFFER));
  }

  @TempDir
  private Path folder;

  private static List<List<Point>> deaths(Served served) {
    List<List<Point>> deaths = new ArrayList<>(List.of(
        List.of(Point.FIRST_CHUNK),
        List.of(Point.LATER_CHUNK),
        List.of(Point.DECODE),
        List.of(Point.PAGE_COPY),
        List.of(Point.RESULT_WRITTEN),
        List.of(Point.LATER_CHUNK, Point.FIRST_STEP)));
    if (served.keepsOnTheWay()) {
      deaths.add(List.of(Point.CHECKPOINT));
    }
    return deaths;
  }

  @ParameterizedTest
  @MethodSource("served")
  void aKilledRankProcessChangesNoTokenOfThoseWhoShare(Served served) throws Exception {
    try (var engine = new KillableEngine(served.words(folder, "process"))) {
      var load = new SharedPrefixLoad(engine, new Random(21));
      for (List<Point> points : deaths(served)) {
        long deathsBefore = engine.counter("rank-deaths");
        long hitsBefore = engine.counter("cache-hits");

        load.assertAnswersAsAlone(
            points.toString(),
            () -> engine.orders.give(
                points.stream().map(point -> new Order(point, Deed.KILL)).toArray(Order[]::new)));

        assertEquals(List.of(), engine.orders.open(), points + " did not come");
        assertEquals(points.size(), engine.counter("rank-deaths") - deathsBefore);
        assertTrue(engine.counter("cache-hits") >= hitsBefore + 6, "hits with " + points);
        engine.assertNothingIsHeld();
      }
      assertEquals(1, engine.status().epoch());
      assertTrue(engine.counter("cache-pages-copied") > 0);
    }
  }

  private static final List<Predicate<StepPlan>> STEPS = List.of(
      plan -> runs(plan).anyMatch(run -> rows(plan, run) > 1 && plan.runFirstPosition(run) > 0),
      plan -> runs(plan).anyMatch(run -> rows(plan, run) == 1),
      plan -> plan.copyCount() > 0);

  private static Stream<Integer> runs(StepPlan plan) {
    return Stream.iterate(0, run -> run + 1).limit(plan.runCount());
  }

  private static int rows(StepPlan plan, int run) {
    return plan.tokenEnd(run) - plan.tokenStart(run);
  }

  @ParameterizedTest
  @MethodSource("served")
  void aRankThatThrowsOnTheEnginesThreadChangesNoTokenOfThoseWhoShare(Served served)
      throws Exception {
    for (Predicate<StepPlan> step : STEPS) {
      var armed = new AtomicBoolean();
      try (var engine = KillableEngine.inThread(
          real -> throwing(real, step, armed), served.words(folder, "thread"))) {
        var load = new SharedPrefixLoad(engine, new Random(22));

        load.assertAnswersAsAlone("thrown " + STEPS.indexOf(step), () -> armed.set(true));

        assertTrue(!armed.get(), "no step threw");
        assertTrue(engine.counter("cache-hits") >= 6);
        assertEquals(1, engine.status().epoch());
        engine.assertNothingIsHeld();
      }
    }
  }

  /** Throws once when such a step is done, so that everything it writes is half new. */
  private static StepRunner throwing(
      StepRunner real, Predicate<StepPlan> step, AtomicBoolean armed) {
    return (plan, result) -> {
      real.execute(plan, result);
      if (armed.get() && step.test(plan)) {
        armed.set(false);
        throw new IllegalStateException("a kernel threw at step " + plan.step());
      }
    };
  }
}
