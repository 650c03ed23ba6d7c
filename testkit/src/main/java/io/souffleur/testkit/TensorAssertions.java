package io.souffleur.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Comparisons of float arrays that say where and by how much they differ. */
public final class TensorAssertions {
  private TensorAssertions() {}

  /** Largest absolute difference; infinite when a NaN stands on one side only. */
  public static double largestError(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, "number of elements");
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) expected[i] - actual[i]);
      if (Double.isNaN(error)) {
        error = Float.floatToIntBits(expected[i]) == Float.floatToIntBits(actual[i])
            ? 0
            : Double.POSITIVE_INFINITY;
      }
      largest = Math.max(largest, error);
    }
    return largest;
  }

  /** Every element within {@code limit} of its expectation. */
  public static void assertClose(String what, float[] expected, float[] actual, double limit) {
    double largest = largestError(expected, actual);
    if (!(largest <= limit)) {
      fail(what + " differs by " + largest + ", limit " + limit);
    }
  }

  /** Every element has the same bits. */
  public static void assertSameBits(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what + ": number of elements");
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        fail(what + " differs at " + i + ": expected " + expected[i] + " ("
            + Integer.toHexString(Float.floatToRawIntBits(expected[i])) + "), is " + actual[i]
            + " (" + Integer.toHexString(Float.floatToRawIntBits(actual[i])) + ")");
      }
    }
  }
}
