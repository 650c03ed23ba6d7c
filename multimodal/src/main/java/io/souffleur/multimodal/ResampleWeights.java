package io.souffleur.multimodal;

/**
 * Bicubic weights along one axis, in fixed point with {@link #FRACTION_BITS} bits.
 *
 * <p>The kernel (a = -0.5) is stretched when the image shrinks, so that every input pixel counts
 * (antialiasing). Rounding is half away from zero, as in Pillow, whose results these weights reproduce
 * to the bit. Source: Pillow's resampler, described in its documentation of {@code BICUBIC}.
 *
 * @param first first input index of each output index
 * @param count inputs of each output index
 * @param weights {@code width} weights for each output index
 * @param width weights kept per output index
 */
record ResampleWeights(int[] first, int[] count, int[] weights, int width) {
  static final int FRACTION_BITS = 22;
  static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final double KERNEL_RADIUS = 2;
  private static final double A = -0.5;

  static ResampleWeights of(int inputs, int outputs) {
    double scale = (double) inputs / outputs;
    double stretch = Math.max(scale, 1);
    double radius = KERNEL_RADIUS * stretch;
    int width = (int) Math.ceil(radius) * 2 + 1;
    var first = new int[outputs];
    var count = new int[outputs];
    var weights = new int[Math.multiplyExact(outputs, width)];
    var exact = new double[width];
    for (int out = 0; out < outputs; out++) {
      double center = (out + 0.5) * scale;
      int from = Math.max((int) (center - radius + 0.5), 0);
      int to = Math.min((int) (center + radius + 0.5), inputs);
      double sum = 0;
      for (int i = from; i < to; i++) {
        exact[i - from] = kernel((i - center + 0.5) * (1 / stretch));
        sum += exact[i - from];
      }
      for (int i = 0; i < to - from; i++) {
        weights[out * width + i] = fixed(sum == 0 ? exact[i] : exact[i] / sum);
      }
      first[out] = from;
      count[out] = to - from;
    }
    return new ResampleWeights(first, count, weights, width);
  }

  private static int fixed(double weight) {
    double scaled = weight * (1 << FRACTION_BITS);
    return (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
  }

  private static double kernel(double at) {
    double x = Math.abs(at);
    if (x < 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
  }
}
