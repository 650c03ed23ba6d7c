package io.souffleur.clusterconfig.bench;

/**
 * MT19937, the generator behind Python's {@code random} and NumPy's legacy functions, which draw
 * different numbers from it: see {@link NumpyRandom} and {@link PythonRandom}.
 *
 * <p>Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998), and the seeding of their
 * 2002 revision. One thread uses it.
 */
final class MersenneTwister {
  private static final int WORDS = 624;
  private static final int SHIFT = 397;
  private static final int TWIST = 0x9908b0df;
  private static final int UPPER = 0x80000000;
  private static final int LOWER = 0x7fffffff;
  private static final int SEED_FACTOR = 1_812_433_253;
  private static final int ARRAY_SEED = 19_650_218;
  private static final int ARRAY_FACTOR_1 = 1_664_525;
  private static final int ARRAY_FACTOR_2 = 1_566_083_941;

  private final int[] words = new int[WORDS];
  private int next = WORDS;

  private MersenneTwister() {}

  /** @param seed 32 bits */
  static MersenneTwister ofWord(int seed) {
    MersenneTwister twister = new MersenneTwister();
    twister.fill(seed);
    return twister;
  }

  /** @param key at least one word, least significant first */
  static MersenneTwister ofArray(int... key) {
    MersenneTwister twister = new MersenneTwister();
    twister.fill(ARRAY_SEED);
    twister.mix(key);
    return twister;
  }

  private void fill(int seed) {
    words[0] = seed;
    for (int i = 1; i < WORDS; i++) {
      words[i] = SEED_FACTOR * (words[i - 1] ^ (words[i - 1] >>> 30)) + i;
    }
  }

  private void mix(int[] key) {
    int i = 1;
    int j = 0;
    for (int round = Math.max(WORDS, key.length); round > 0; round--) {
      words[i] = (words[i] ^ (scrambled(i - 1) * ARRAY_FACTOR_1)) + key[j] + j;
      j = (j + 1) % key.length;
      i = wrapped(i + 1);
    }
    for (int round = WORDS - 1; round > 0; round--) {
      words[i] = (words[i] ^ (scrambled(i - 1) * ARRAY_FACTOR_2)) - i;
      i = wrapped(i + 1);
    }
    words[0] = UPPER;
  }

  private int scrambled(int index) {
    return words[index] ^ (words[index] >>> 30);
  }

  /** The last word is copied to the front before the walk begins again behind it. */
  private int wrapped(int index) {
    if (index < WORDS) {
      return index;
    }
    words[0] = words[WORDS - 1];
    return 1;
  }

  /** The next 32 bits. */
  int nextWord() {
    if (next == WORDS) {
      generate();
      next = 0;
    }
    int y = words[next];
    next++;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void generate() {
    for (int i = 0; i < WORDS; i++) {
      int y = (words[i] & UPPER) | (words[(i + 1) % WORDS] & LOWER);
      words[i] = words[(i + SHIFT) % WORDS] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : TWIST);
    }
  }

  /** Uniform in [0, 1) with 53 random bits from two words. */
  double nextDouble() {
    long high = nextWord() >>> 5;
    long low = nextWord() >>> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }
}
