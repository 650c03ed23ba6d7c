package io.souffleur.kernels.reference;

import io.souffleur.kernels.SamplingTable;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Log-probabilities of the drawn token and of the likeliest ones. */
final class SamplingScores {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int TOP_OFFSET = 36;
  private static final int IDS_OFFSET = 44;
  private static final int ENTRIES = 1 + SamplingTable.TOP_MAX;

  private SamplingScores() {}

  static void write(Tensor logits, int vocab, int row, SamplingTable table, int token) {
    MemorySegment params = table.memory().memory();
    long base = (long) row * SamplingTable.ROW_BYTES;
    int top = params.get(INT, base + TOP_OFFSET);
    if (top < 0) {
      return;
    }
    float temperature = params.get(FLOAT, base);
    double scale = temperature > 0 ? 1.0 / temperature : 1;
    float[] row32 = new float[vocab];
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocab; i++) {
      row32[i] = logits.getFloat((long) row * vocab + i);
      max = Math.max(max, row32[i]);
    }
    double total = 0;
    for (float logit : row32) {
      total +=
          logit == Float.NEGATIVE_INFINITY ? 0 : StrictMath.exp((logit - (double) max) * scale);
    }
    double shift = StrictMath.log(total);
    MemorySegment scores = table.scores().memory();
    long pair = (long) row * ENTRIES * 8;
    put(scores, pair, token, log(row32[token], max, scale, shift));
    boolean[] taken = new boolean[vocab];
    for (int entry = 1; entry < ENTRIES; entry++) {
      int best = entry <= top ? largest(row32, taken) : SamplingTable.NO_ID;
      pair += 8;
      if (best < 0) {
        put(scores, pair, SamplingTable.NO_ID, 0);
      } else {
        taken[best] = true;
        put(scores, pair, best, log(row32[best], max, scale, shift));
      }
    }
    int ids = params.get(INT, base + IDS_OFFSET);
    MemorySegment block = table.rules().memory();
    int count = ids == 0 ? 0 : block.get(INT, ids * 4L);
    for (int i = 0; i < count; i++) {
      long at = (ids + 1 + 2L * i) * 4;
      int id = block.get(INT, at);
      float logit = id >= 0 && id < vocab ? row32[id] : Float.NEGATIVE_INFINITY;
      put(block, at, id, log(logit, max, scale, shift));
    }
  }

  private static float log(float logit, float max, double scale, double shift) {
    return logit == Float.NEGATIVE_INFINITY
        ? logit
        : (float) ((logit - (double) max) * scale - shift);
  }

  private static int largest(float[] logits, boolean[] taken) {
    int best = SamplingTable.NO_ID;
    for (int i = 0; i < logits.length; i++) {
      boolean possible = !taken[i] && logits[i] != Float.NEGATIVE_INFINITY;
      if (possible && (best < 0 || logits[i] > logits[best])) {
        best = i;
      }
    }
    return best;
  }

  private static void put(MemorySegment scores, long offset, int id, float log) {
    scores.set(INT, offset, id);
    scores.set(FLOAT, offset + 4, log);
  }
}
