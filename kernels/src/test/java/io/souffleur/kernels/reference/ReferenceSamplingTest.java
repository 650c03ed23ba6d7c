package io.souffleur.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.SamplingTable;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReferenceSamplingTest {
  private static final int DRAWS = 20_000;

  private final Arena arena = Arena.ofConfined();
  private final Kernels kernels = new ReferenceProvider().open(1);

  @AfterEach
  void release() {
    kernels.close();
    arena.close();
  }

  private int draw(
      float[] logits,
      float temperature,
      float topP,
      float minP,
      int topK,
      long seed,
      int position) {
    var table = new SamplingTable(arena, 1);
    table.set(0, temperature, topP, minP, topK, seed, 0, position);
    Tensor tokens = Tensor.allocate(arena, DType.I32, 1);
    kernels.sample(
        Tensor.ofFloats(arena, logits, 1, logits.length), logits.length, table, 1, tokens);
    return tokens.getInt(0);
  }

  /** Shares of the tokens over many positions. */
  private double[] shares(float[] logits, float temperature, float topP, float minP, int topK) {
    double[] shares = new double[logits.length];
    for (int position = 0; position < DRAWS; position++) {
      shares[draw(logits, temperature, topP, minP, topK, 11, position)] += 1.0 / DRAWS;
    }
    return shares;
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }

  @Test
  void greedyTakesTheSmallerIdOfATie() {
    assertEquals(1, draw(new float[] {1, 3, 2, 3}, 0, 1, 0, 0, 1, 1));
    assertEquals(0, draw(new float[] {-0f, 0f}, 0, 1, 0, 0, 1, 1));
  }

  @Test
  void notANumberIsReported() {
    assertEquals(Kernels.NOT_A_NUMBER, draw(new float[] {1, Float.NaN}, 0, 1, 0, 0, 1, 1));
    assertEquals(
        Kernels.NOT_A_NUMBER, draw(new float[] {1, Float.POSITIVE_INFINITY}, 1, 1, 0, 0, 1, 1));
    assertEquals(1, draw(new float[] {Float.NEGATIVE_INFINITY, 0}, 1, 1, 0, 0, 1, 1));
  }

  @Test
  void sharesFollowTheSoftmax() {
    double[] shares = shares(logs(0.1, 0.6, 0.3), 1, 1, 0, 0);
    assertEquals(0.1, shares[0], 0.015);
    assertEquals(0.6, shares[1], 0.015);
    assertEquals(0.3, shares[2], 0.015);
  }

  @Test
  void temperatureSharpens() {
    double[] shares = shares(logs(0.2, 0.4, 0.4), 0.5f, 1, 0, 0);
    assertEquals(0.04 / 0.36, shares[0], 0.015);
  }

  @Test
  void topKKeepsTheLargest() {
    double[] shares = shares(logs(0.1, 0.6, 0.3), 1, 1, 0, 2);
    assertEquals(0, shares[0]);
    assertEquals(2.0 / 3, shares[1], 0.015);
  }

  @Test
  void topPKeepsTheShortestHeadThatHoldsIt() {
    double[] shares = shares(logs(0.1, 0.6, 0.3), 1, 0.61f, 0, 0);
    assertEquals(0, shares[0]);
    assertTrue(shares[2] > 0.3);
    assertEquals(0, shares(logs(0.1, 0.6, 0.3), 1, 0.59f, 0, 0)[2]);
  }

  @Test
  void minPDropsWhatIsFarBelowTheBest() {
    double[] shares = shares(logs(0.1, 0.6, 0.3), 1, 1, 0.4f, 0);
    assertEquals(0, shares[0]);
    assertEquals(1.0 / 3, shares[2], 0.015);
  }

  @Test
  void aDrawDependsOnSeedAndPositionOnly() {
    float[] logits = new float[1000];
    int first = draw(logits, 1, 1, 0, 0, 5, 9);
    assertEquals(first, draw(logits, 1, 1, 0, 0, 5, 9));
    assertNotEquals(first, draw(logits, 1, 1, 0, 0, 6, 9));
    assertNotEquals(first, draw(logits, 1, 1, 0, 0, 5, 10));
    assertTrue(SamplingLoops.uniform(1, 0, 7) != SamplingLoops.uniform(1, 1, 7));
  }
}
