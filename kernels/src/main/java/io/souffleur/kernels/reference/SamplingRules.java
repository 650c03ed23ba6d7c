package io.souffleur.kernels.reference;

import io.souffleur.kernels.SamplingTable;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/** Penalties and edits of a logit row, in the order of the history: the same bits as native code. */
final class SamplingRules {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int RULES_OFFSET = 32;
  private static final int HEAD_BYTES = 24;

  private final Tensor logits;
  private final long first;
  private final int vocab;
  private final MemorySegment block;
  private final long head;
  private final int count;

  private SamplingRules(Tensor logits, int vocab, int row, MemorySegment block, int word) {
    this.logits = logits;
    this.first = (long) row * vocab;
    this.vocab = vocab;
    this.block = block;
    this.head = word * 4L;
    this.count = block.get(INT, head + 16);
  }

  static void apply(Tensor logits, int vocab, int row, SamplingTable table) {
    long base = (long) row * SamplingTable.ROW_BYTES;
    int word = table.memory().memory().get(INT, base + RULES_OFFSET);
    if (word != 0) {
      var rules = new SamplingRules(logits, vocab, row, table.rules().memory(), word);
      rules.penaliseOutput(block(rules, 0), block(rules, 4));
      rules.penaliseRepetition(block(rules, 8));
      rules.edit();
    }
  }

  private static float block(SamplingRules rules, int offset) {
    return rules.block.get(FLOAT, rules.head + offset);
  }

  private void penaliseOutput(float frequency, float presence) {
    if (frequency == 0 && presence == 0) {
      return;
    }
    BitSet seen = new BitSet();
    for (int i = block.get(INT, head + 12); i < count; i++) {
      int id = history(i);
      if (known(id)) {
        change(id, logit(id) - frequency);
        if (!seen.get(id)) {
          seen.set(id);
          change(id, logit(id) - presence);
        }
      }
    }
  }

  private void penaliseRepetition(float repetition) {
    BitSet seen = new BitSet();
    for (int i = 0; i < count && repetition != 1; i++) {
      int id = history(i);
      if (known(id) && !seen.get(id)) {
        seen.set(id);
        float logit = logit(id);
        change(id, Math.min(logit < 0 ? logit * repetition : logit / repetition, Float.MAX_VALUE));
      }
    }
  }

  private void edit() {
    int edits = block.get(INT, head + 20);
    for (int i = 0; i < edits; i++) {
      long pair = head + HEAD_BYTES + 4L * count + 8L * i;
      int id = block.get(INT, pair);
      if (known(id)) {
        change(id, logit(id) + block.get(FLOAT, pair + 4));
      }
    }
  }

  private int history(int index) {
    return block.get(INT, head + HEAD_BYTES + 4L * index);
  }

  private boolean known(int id) {
    return id >= 0 && id < vocab;
  }

  private float logit(int id) {
    return logits.getFloat(first + id);
  }

  private void change(int id, float logit) {
    logits.setFloat(first + id, logit);
  }
}
