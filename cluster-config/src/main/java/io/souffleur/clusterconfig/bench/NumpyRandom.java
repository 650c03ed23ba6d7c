package io.souffleur.clusterconfig.bench;

/**
 * NumPy's legacy functions ({@code numpy.random.seed}, {@code randint}, {@code exponential}), so that a
 * seed gives the lengths and arrival times that it gives other clients. One thread uses it.
 */
final class NumpyRandom {
  private final MersenneTwister twister;

  /** @param seed in 0…2³²-1 */
  NumpyRandom(long seed) {
    this.twister = MersenneTwister.ofWord((int) seed);
  }

  /**
   * As {@code randint(low, high, size=count)}: masked words, drawn again while they are too large.
   *
   * @param high exclusive; {@code high - low} fits 31 bits
   */
  int[] integers(int low, int high, int count) {
    if (high <= low) {
      throw new IllegalArgumentException("low " + low + " must be below high " + high);
    }
    int range = high - 1 - low;
    int mask = range == 0 ? 0 : -1 >>> Integer.numberOfLeadingZeros(range);
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = low + (range == 0 ? 0 : below(range, mask));
    }
    return drawn;
  }

  private int below(int range, int mask) {
    int value = twister.nextWord() & mask;
    while (value > range) {
      value = twister.nextWord() & mask;
    }
    return value;
  }

  /** As {@code exponential(mean)}: by inversion. */
  double exponential(double mean) {
    return -Math.log(1 - twister.nextDouble()) * mean;
  }
}
