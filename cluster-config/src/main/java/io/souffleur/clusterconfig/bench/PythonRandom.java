package io.souffleur.clusterconfig.bench;

import java.util.Collections;
import java.util.List;

/** Python's {@code random} module after {@code random.seed(n)}. One thread uses it. */
final class PythonRandom {
  private final MersenneTwister twister;

  /** @param seed in 0…2³²-1 */
  PythonRandom(long seed) {
    this.twister = MersenneTwister.ofArray((int) seed);
  }

  /** Uniform in [0, bound), as {@code randrange(bound)}. */
  int below(int bound) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
    int value = twister.nextWord() >>> (Integer.SIZE - bits);
    while (value >= bound) {
      value = twister.nextWord() >>> (Integer.SIZE - bits);
    }
    return value;
  }

  /** As {@code shuffle}. */
  void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, below(i + 1));
    }
  }
}
