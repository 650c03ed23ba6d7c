package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatencyFiguresTest {
  private static final long MILLI = 1_000_000;

  private static BatchTimes times(long[]... rowsMillis) {
    long[][] rows = new long[rowsMillis.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new long[rowsMillis[i].length];
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = rowsMillis[i][j] * MILLI;
      }
    }
    return new BatchTimes(0, rows);
  }

  @Test
  void oneRequestIsTimedFromItsFirstToItsLastToken() {
    LatencyFigures figures = LatencyFigures.of(times(new long[] {200, 210, 220, 240, 250}), 100);

    assertEquals(200, figures.ttftMillis());
    assertEquals(500, figures.prefillTokensPerSecond(), 1e-9);
    // 50 ms for 4 tokens
    assertEquals(12.5, figures.tpotMillis(), 1e-9);
    assertEquals(80, figures.decodeTokensPerSecond(), 1e-9);
    assertEquals(250, figures.latencyMillis());
  }

  @Test
  void onlyStepsOfTheWholeBatchCountAsDecoding() {
    // The second prompt is computed while the first request decodes at 50 ms a step; both decode at
    // 10 ms from 200 to 230, then the second goes on alone at 5 ms.
    LatencyFigures figures = LatencyFigures.of(
        times(new long[] {100, 150, 200, 210, 220, 230}, new long[] {200, 210, 220, 230, 235, 240}),
        100);

    assertEquals(200, figures.ttftMillis());
    assertEquals(1000, figures.prefillTokensPerSecond(), 1e-9);
    assertEquals(10, figures.tpotMillis(), 1e-9);
    assertEquals(200, figures.decodeTokensPerSecond(), 1e-9);
    assertEquals(240, figures.latencyMillis());
  }

  @Test
  void saysNothingOfABatchThatNeverDecodedAsAWhole() {
    BatchTimes oneAfterTheOther = times(new long[] {10, 20, 30}, new long[] {40, 50, 60});

    LatencyFigures figures = LatencyFigures.of(oneAfterTheOther, 1);

    assertTrue(Double.isNaN(figures.tpotMillis()));
    assertTrue(Double.isNaN(figures.decodeTokensPerSecond()));
    assertEquals(60, figures.latencyMillis());
  }

  @Test
  void takesTheMedianOfEachFigureByItself() {
    LatencyFigures median = LatencyFigures.medians(new LatencyFigures[] {
      new LatencyFigures(1, 30, 3, 10, 5),
      new LatencyFigures(2, 10, 2, 30, 4),
      new LatencyFigures(3, 20, 1, 20, 6)
    });
    LatencyFigures withGap = LatencyFigures.medians(new LatencyFigures[] {
      new LatencyFigures(1, 1, Double.NaN, Double.NaN, 1), new LatencyFigures(1, 1, 2, 3, 1)
    });

    assertEquals(new LatencyFigures(2, 20, 2, 20, 5), median);
    assertEquals(new LatencyFigures(1, 1, 2, 3, 1), withGap);
  }
}
