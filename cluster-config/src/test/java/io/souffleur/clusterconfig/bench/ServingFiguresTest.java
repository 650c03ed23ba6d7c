package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.tokenizer.TextAssets;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingFiguresTest {
  private static final long MILLI = 1_000_000;
  private static TextAssets text;

  @TempDir
  private static Path folder;

  @BeforeAll
  static void load() throws IOException {
    text = TextAssets.load(EmbeddedModel.unpack(folder));
  }

  /** Starts at 5 s on the clock, so that nothing depends on its zero. */
  private static Outcome outcome(
      long startMillis, long ttftMillis, long latencyMillis, int outputTokens, double... gaps) {
    double[] nanos = gaps.clone();
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] *= MILLI;
    }
    return new Outcome(
        "",
        (5_000 + startMillis) * MILLI,
        ttftMillis * MILLI,
        nanos,
        latencyMillis * MILLI,
        10,
        outputTokens,
        "Hello");
  }

  /** Two answers and one failure, within two seconds. */
  private static final List<Outcome> OUTCOMES = List.of(
      outcome(0, 100, 500, 5, 100, 100, 100, 100),
      outcome(600, 300, 900, 4, 200, 200, 200),
      Outcome.failed("HTTP 500", 5_700 * MILLI, 10));

  @Test
  void countsWhatSucceeded() {
    ServingFigures figures = ServingFigures.of(OUTCOMES, 2, text.tokenizer());

    assertEquals(2, figures.completed());
    assertEquals(20, figures.inputTokens());
    assertEquals(9, figures.outputTokens());
    assertEquals(2L * text.tokenizer().encode("Hello").length, figures.retokenizedTokens());
    assertEquals(1, figures.requestsPerSecond());
    assertEquals(10, figures.inputTokensPerSecond());
    assertEquals(4.5, figures.outputTokensPerSecond());
    assertEquals(14.5, figures.totalTokensPerSecond());
    // 0.5 s and 0.9 s in 2 s
    assertEquals(0.7, figures.concurrency(), 1e-12);
  }

  @Test
  void timesAreThoseOfEachRequest() {
    ServingFigures figures = ServingFigures.of(OUTCOMES, 2, text.tokenizer());

    assertEquals(700, figures.latencyMillis().mean(), 1e-9);
    assertEquals(200, figures.ttftMillis().median(), 1e-9);
    // (500 - 100) / 4 and (900 - 300) / 3
    assertEquals(150, figures.tpotMillis().mean(), 1e-9);
    assertEquals(200, figures.tpotMillis().max(), 1e-9);
    // 100 four times, 200 three times
    assertEquals(1000 / 7.0, figures.gapMillis().mean(), 1e-9);
    assertEquals(100, figures.gapMillis().median(), 1e-9);
  }

  @Test
  void peaksAreCountedInWholeSecondsSinceTheFirstStart() {
    Seconds seconds = Seconds.of(OUTCOMES.subList(0, 2));

    // Tokens at 100 to 500 ms, then at 900, 1100, 1300 and 1500 ms.
    assertArrayEquals(new int[] {6, 3, 0}, seconds.tokens());
    assertArrayEquals(new int[] {2, 1, 0}, seconds.requests());
  }

  @Test
  void answerOfOneTokenHasNoTimePerToken() {
    ServingFigures figures =
        ServingFigures.of(List.of(outcome(0, 100, 100, 1)), 1, text.tokenizer());

    assertEquals(0, figures.tpotMillis().count());
    assertEquals(0, figures.gapMillis().count());
  }

  @Test
  void nothingSucceededIsAllZero() {
    ServingFigures figures = ServingFigures.of(OUTCOMES.subList(2, 3), 1, text.tokenizer());

    assertEquals(0, figures.completed());
    assertEquals(0, figures.peakTokensPerSecond());
    assertEquals(0, figures.ttftMillis().at(99));
  }
}
