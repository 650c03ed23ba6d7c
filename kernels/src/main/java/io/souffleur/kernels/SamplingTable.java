package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Sampling parameters of the logit rows of one step, and the scores that come back, in native memory
 * for the sampling kernel.
 *
 * <pre>
 *   row, 48 bytes:  0 temperature f32 | 4 topP f32 | 8 minP f32 | 12 topK i32 (0 = off)
 *                  16 seed i64        | 24 choice i32 | 28 position i32
 *                  32 rules i32 (word in the block, 0 = none) | 36 top i32 (-1 = no scores)
 *                  40 given i32 (-1 = draw)                   | 44 ids i32 (word in the block, 0 = none)
 *
 *   rules, in the block: frequency f32, presence f32, repetition f32, outputStart i32,
 *                  history n i32, edits m i32, history id i32 × n, (id i32, added f32) × m
 *
 *   ids, in the block: n i32, (id i32, log-probability f32, written by the kernel) × n
 *
 *   scores, 21 pairs (id i32, log-probability f32) per row: the drawn token, then the likeliest;
 *                  an id of -1 ends the list
 * </pre>
 *
 * <p>{@code temperature} 0 means greedy. {@code position} is the absolute position of the token that
 * is being drawn. Rules of a row are given after {@link #set}; {@link #clear} forgets those of the step
 * before. Takes memory only when rules need more than ever before. Owned by one rank loop.
 */
public final class SamplingTable {
  public static final int ROW_BYTES = 48;

  /** Candidates that may be scored beside the drawn token. */
  public static final int TOP_MAX = 20;

  /** Vocabulary size up to which rows may have rules. */
  public static final int RULES_VOCABULARY_MAX = 1 << 20;

  public static final int NO_SCORES = -1;
  public static final int NO_ID = -1;

  static final int RULES_HEAD_WORDS = 6;
  private static final int FIRST_RULES_WORD = 2;
  private static final int GIVEN_OFFSET = 40;
  private static final int IDS_OFFSET = 44;
  private static final int PAIR_BYTES = 8;
  private static final int SCORED_MAX = 1 + TOP_MAX;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final Arena arena;
  private final Tensor memory;
  private final Tensor scores;
  private final int rowsMax;
  private Tensor rules;
  private int rulesWords = FIRST_RULES_WORD;
  private int openRow = -1;
  private int openRules;

  public SamplingTable(Arena arena, int rowsMax) {
    this.arena = arena;
    this.rowsMax = rowsMax;
    this.memory = Tensor.allocate(arena, DType.U8, (long) rowsMax * ROW_BYTES);
    this.scores = Tensor.allocate(arena, DType.U8, (long) rowsMax * SCORED_MAX * PAIR_BYTES);
    this.rules = Tensor.allocate(arena, DType.I32, FIRST_RULES_WORD);
  }

  /** Forgets rules and further ids of all rows. */
  public void clear() {
    rulesWords = FIRST_RULES_WORD;
    openRow = -1;
  }

  /** A row without rules and scores. */
  public void set(
      int row,
      float temperature,
      float topP,
      float minP,
      int topK,
      long seed,
      int choice,
      int position) {
    if (row < 0 || row >= rowsMax) {
      throw new IndexOutOfBoundsException("sampling row " + row + " of " + rowsMax);
    }
    MemorySegment m = memory.memory();
    long base = (long) row * ROW_BYTES;
    m.set(FLOAT, base, temperature);
    m.set(FLOAT, base + 4, topP);
    m.set(FLOAT, base + 8, minP);
    m.set(INT, base + 12, topK);
    m.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 16, seed);
    m.set(INT, base + 24, choice);
    m.set(INT, base + 28, position);
    m.set(INT, base + 32, 0);
    m.set(INT, base + 36, NO_SCORES);
    m.set(INT, base + GIVEN_OFFSET, NO_ID);
    m.set(INT, base + IDS_OFFSET, 0);
  }

  /** The drawn token of the row, and the {@code top} likeliest, are to be scored. */
  public void score(int row, int top) {
    if (top < 0 || top > TOP_MAX) {
      throw new IllegalArgumentException("top must be in [0, " + TOP_MAX + "], got " + top);
    }
    memory.memory().set(INT, (long) row * ROW_BYTES + 36, top);
  }

  /** The row draws nothing: this token of the vocabulary takes the place of a drawn one. */
  public void give(int row, int token) {
    memory.memory().set(INT, (long) row * ROW_BYTES + GIVEN_OFFSET, token);
  }

  /**
   * Further ids of the row that are scored, if it is scored at all; what is not in the vocabulary is
   * impossible. No rules may be added to a row after its ids.
   */
  public void scoreIds(int row, List<Integer> ids) {
    MemorySegment block = reserve(1 + 2 * ids.size());
    memory.memory().set(INT, (long) row * ROW_BYTES + IDS_OFFSET, rulesWords);
    block.set(INT, rulesWords * 4L, ids.size());
    for (int i = 0; i < ids.size(); i++) {
      block.set(INT, (rulesWords + 1 + 2 * i) * 4L, ids.get(i));
    }
    rulesWords += 1 + 2 * ids.size();
    openRow = -1;
  }

  /**
   * Penalties of the row, over tokens that are there already.
   *
   * @param frequency subtracted once per occurrence in the output
   * @param presence subtracted once per token that occurs in the output
   * @param repetition divides positive and multiplies negative logits of all tokens in the history
   * @param history ids by position; the first {@code count} count
   * @param outputStart index in the history where the output begins
   */
  public void penalise(
      int row,
      float frequency,
      float presence,
      float repetition,
      int[] history,
      int count,
      int outputStart) {
    open(row);
    MemorySegment block = reserve(count);
    long base = openRules * 4L;
    block.set(FLOAT, base, frequency);
    block.set(FLOAT, base + 4, presence);
    block.set(FLOAT, base + 8, repetition);
    block.set(INT, base + 12, outputStart);
    block.set(INT, base + 16, count);
    MemorySegment.copy(history, 0, block, INT, rulesWords * 4L, count);
    rulesWords += count;
  }

  /** Adds to one logit of the row, after its penalties; negative infinity forbids the token. */
  public void add(int row, int token, float value) {
    if (row != openRow) {
      open(row);
    }
    MemorySegment block = reserve(2);
    long edits = openRules * 4L + 20;
    block.set(INT, edits, block.get(INT, edits) + 1);
    block.set(INT, rulesWords * 4L, token);
    block.set(FLOAT, rulesWords * 4L + 4, value);
    rulesWords += 2;
  }

  private void open(int row) {
    MemorySegment block = reserve(RULES_HEAD_WORDS);
    openRow = row;
    openRules = rulesWords;
    rulesWords += RULES_HEAD_WORDS;
    block.asSlice(openRules * 4L, RULES_HEAD_WORDS * 4L).fill((byte) 0);
    block.set(FLOAT, openRules * 4L + 8, 1f);
    memory.memory().set(INT, (long) row * ROW_BYTES + 32, openRules);
  }

  private MemorySegment reserve(int words) {
    long needed = (long) rulesWords + words;
    if (needed > rules.shape().dim(0)) {
      int grown = Math.toIntExact(Math.max(needed, 2 * rules.shape().dim(0)));
      Tensor larger = Tensor.allocate(arena, DType.I32, grown);
      larger
          .memory()
          .asSlice(0, rulesWords * 4L)
          .copyFrom(rules.memory().asSlice(0, rulesWords * 4L));
      rules = larger;
    }
    return rules.memory();
  }

  public int rowsMax() {
    return rowsMax;
  }

  /** Whether any row has rules or further ids. */
  public boolean hasRules() {
    return rulesWords > FIRST_RULES_WORD;
  }

  /** U8 [rowsMax · 40], see the class comment. */
  public Tensor memory() {
    return memory;
  }

  /** I32 block of rules and further ids, see the class comment; another one after it grew. */
  public Tensor rules() {
    return rules;
  }

  /** U8 [rowsMax · 21 · 8], see the class comment; written by the kernel. */
  public Tensor scores() {
    return scores;
  }

  /** Entry 0 is the drawn token; {@link #NO_ID} after the last entry. */
  public int scoredId(int row, int entry) {
    return entry >= SCORED_MAX ? NO_ID : scores.memory().get(INT, pairOffset(row, entry));
  }

  /** Natural logarithm of the probability of {@link #scoredId}. */
  public float scoredLog(int row, int entry) {
    return scores.memory().get(FLOAT, pairOffset(row, entry) + 4);
  }

  /** Natural logarithm of the probability of an id given to {@link #scoreIds}, by its index there. */
  public float idLog(int row, int index) {
    int word = memory.memory().get(INT, (long) row * ROW_BYTES + IDS_OFFSET);
    return rules.memory().get(FLOAT, (word + 2 + 2L * index) * 4);
  }

  private static long pairOffset(int row, int entry) {
    return ((long) row * SCORED_MAX + entry) * PAIR_BYTES;
  }
}
