package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PercentilesTest {
  private static final double[] SAMPLES = {4, 1, 3, 2};

  @Test
  void interpolatesBetweenTheNearestRanks() {
    Percentiles four = Percentiles.of(SAMPLES);

    assertEquals(2.5, four.median());
    // (4 - 1) · 0.9 = 2.7: between the third and the fourth
    assertEquals(3.7, four.at(90), 1e-12);
    assertEquals(1, four.at(0));
    assertEquals(4, four.max());
  }

  @Test
  void dividesTheSquaresByTheCount() {
    // deviations from 2.5: 1.5, 1.5, 0.5, 0.5
    assertEquals(Math.sqrt(1.25), Percentiles.of(SAMPLES).deviation(), 1e-12);
    assertEquals(2.5, Percentiles.of(SAMPLES).mean());
  }

  @Test
  void aloneSampleIsEveryPercentile() {
    Percentiles one = Percentiles.of(new double[] {7});

    assertEquals(7, one.at(1));
    assertEquals(7, one.at(99));
    assertEquals(0, one.deviation());
  }

  @Test
  void nothingIsZero() {
    Percentiles none = Percentiles.of(new double[0]);

    assertEquals(0, none.mean());
    assertEquals(0, none.at(99));
    assertEquals(0, none.deviation());
  }

  @Test
  void leavesTheSamplesInTheirOrder() {
    double[] samples = SAMPLES.clone();

    Percentiles.of(samples);

    assertEquals(4, samples[0]);
  }
}
