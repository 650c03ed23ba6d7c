package io.souffleur.tensor;

/** The bfloat16 number format: the upper half of an IEEE binary32. */
public final class Bf16 {
  private Bf16() {}

  /** Rounds to nearest, ties to even; NaN stays NaN (quiet), infinities stay. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x0040);
    }
    int roundingBias = 0x7FFF + ((bits >>> 16) & 1);
    return (short) ((bits + roundingBias) >>> 16);
  }

  /** Exact: every bfloat16 value is a float. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** {@code value} rounded to bfloat16 and widened again. */
  public static float round(float value) {
    return toFloat(fromFloat(value));
  }
}
