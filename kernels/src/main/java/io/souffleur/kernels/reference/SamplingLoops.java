package io.souffleur.kernels.reference;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.SamplingTable;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Draws tokens from logit rows.
 *
 * <p>Candidates are ordered by falling logit, ties by rising id. Top-k cuts that list; top-p keeps the
 * shortest head of what is left that holds at least topP of its probability; min-p keeps candidates
 * with at least minP times the probability of the first. One uniform number then walks the list.
 */
final class SamplingLoops {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private long[] order = new long[0];
  private double[] mass = new double[0];

  /** Applies the row's rules, draws, and scores if the row asks for it. */
  int sample(Tensor logits, int vocab, int row, SamplingTable table) {
    if (!finite(logits, vocab, row)) {
      return Kernels.NOT_A_NUMBER;
    }
    SamplingRules.apply(logits, vocab, row, table);
    if (!finite(logits, vocab, row)) {
      return Kernels.NOT_A_NUMBER;
    }
    int given = table.memory().memory().get(INT, (long) row * SamplingTable.ROW_BYTES + 40);
    int token = given >= 0 && given < vocab ? given : draw(logits, vocab, row, table);
    if (token != Kernels.NOT_A_NUMBER) {
      SamplingScores.write(logits, vocab, row, table, token);
    }
    return token;
  }

  private static boolean finite(Tensor logits, int vocab, int row) {
    for (int i = 0; i < vocab; i++) {
      float logit = logits.getFloat((long) row * vocab + i);
      if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
        return false;
      }
    }
    return true;
  }

  private int draw(Tensor logits, int vocab, int row, SamplingTable table) {
    long first = (long) row * vocab;
    int best = 0;
    for (int i = 0; i < vocab; i++) {
      float logit = logits.getFloat(first + i);
      if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
        return Kernels.NOT_A_NUMBER;
      }
      if (logit > logits.getFloat(first + best)) {
        best = i;
      }
    }
    MemorySegment params = table.memory().memory();
    long base = (long) row * SamplingTable.ROW_BYTES;
    float temperature = params.get(FLOAT, base);
    if (temperature <= 0f || logits.getFloat(first + best) == Float.NEGATIVE_INFINITY) {
      return best;
    }
    sort(logits, first, vocab);
    int kept = keep(
        logits,
        first,
        vocab,
        temperature,
        params.get(ValueLayout.JAVA_INT_UNALIGNED, base + 12),
        params.get(FLOAT, base + 4),
        params.get(FLOAT, base + 8));
    double total = sum(kept);
    double uniform = uniform(
        params.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 16),
        params.get(ValueLayout.JAVA_INT_UNALIGNED, base + 24),
        params.get(ValueLayout.JAVA_INT_UNALIGNED, base + 28));
    double left = uniform * total;
    for (int i = 0; i < kept; i++) {
      left -= mass[i];
      if (left < 0) {
        return (int) order[i];
      }
    }
    return (int) order[kept - 1];
  }

  /** Fills {@code order} with (falling logit, rising id) keys; the low half of a key is the id. */
  private void sort(Tensor logits, long first, int vocab) {
    if (order.length < vocab) {
      order = new long[vocab];
      mass = new double[vocab];
    }
    for (int i = 0; i < vocab; i++) {
      int bits = Float.floatToIntBits(logits.getFloat(first + i) + 0f);
      int ascending = bits ^ ((bits >> 31) & 0x7FFFFFFF);
      order[i] = ((long) ~ascending << 32) | i;
    }
    Arrays.sort(order, 0, vocab);
  }

  /** Fills {@code mass} and returns how many candidates top-k, top-p and min-p leave, at least 1. */
  private int keep(
      Tensor logits, long first, int vocab, float temperature, int topK, float topP, float minP) {
    int kept = topK > 0 ? Math.min(topK, vocab) : vocab;
    float max = logits.getFloat(first + (int) order[0]);
    for (int i = 0; i < kept; i++) {
      float logit = logits.getFloat(first + (int) order[i]);
      mass[i] = StrictMath.exp(((double) logit - max) / temperature);
    }
    if (topP < 1f) {
      double wanted = topP * sum(kept);
      double held = mass[0];
      int head = 1;
      while (head < kept && held < wanted) {
        held += mass[head++];
      }
      kept = head;
    }
    while (kept > 1 && mass[kept - 1] < minP) {
      kept--;
    }
    return kept;
  }

  private double sum(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += mass[i];
    }
    return sum;
  }

  /** A number in [0, 1) that depends on its three keys only. */
  static double uniform(long seed, int choice, int position) {
    long counter = ((long) choice << 32) ^ (position & 0xFFFFFFFFL);
    long bits = mix(mix(seed + 0x9E3779B97F4A7C15L) ^ mix(counter + 0xD1B54A32D192ED03L));
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, 2014). */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
