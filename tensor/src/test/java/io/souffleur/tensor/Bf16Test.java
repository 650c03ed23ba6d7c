package io.souffleur.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Bf16Test {
  @Test
  void everyBf16SurvivesTheWayThroughFloat() {
    for (int bits = 0; bits <= 0xFFFF; bits++) {
      float value = Bf16.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, Bf16.fromFloat(value));
      }
    }
  }

  @Test
  void tiesGoToTheEvenNeighbour() {
    assertEquals(1.0f, Bf16.round(1.0f + 0x1p-8f));
    assertEquals(1.0f + 0x1p-6f, Bf16.round(1.0f + 3 * 0x1p-8f));
    assertEquals(1.0f + 0x1p-7f, Bf16.round(1.0f + 0x1p-8f + 0x1p-20f));
  }

  @Test
  void roundingIsNearest() {
    var random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(60) - 30));
      float rounded = Bf16.round(value);
      assertTrue(Math.abs(rounded - value) <= Math.ulp(value) * 0x1p15, () -> value + "");
    }
  }

  @Test
  void infinitiesAndNansStay() {
    assertEquals(Float.POSITIVE_INFINITY, Bf16.round(Float.POSITIVE_INFINITY));
    assertEquals(Float.NEGATIVE_INFINITY, Bf16.round(Float.NEGATIVE_INFINITY));
    assertTrue(Float.isNaN(Bf16.round(Float.NaN)));
    assertTrue(Float.isNaN(Bf16.round(Float.intBitsToFloat(0x7F800001))));
  }

  @Test
  void tooLargeValuesBecomeInfinite() {
    assertEquals(Float.POSITIVE_INFINITY, Bf16.round(Float.MAX_VALUE));
  }

  @Test
  void signedZerosStay() {
    assertEquals((short) 0x8000, Bf16.fromFloat(-0.0f));
  }
}
