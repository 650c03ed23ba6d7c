package io.souffleur.scheduler;

import io.souffleur.contracts.request.ScoreSpec;

/**
 * How many rows each running sequence gets in the next step.
 *
 * <p>Sequences that are one token behind (decode) always get their row. What is left, up to {@code
 * prefillRowsMax}, goes to the wider gaps: the more urgent first, then whoever has waited longest for a
 * turn. A prompt that was cut has had its turn, so the next step begins with those behind it: a long
 * prompt holds nobody up for more than one chunk, and is never starved by short ones. Without chunking
 * a gap is closed whole or not at all, unless it is wider than any step. A sequence under suspicion of
 * crashing its rank has the step for itself, the first of them first. A prompt that is scored is cut,
 * with or without chunking, where a step would find more than {@link ScoreSpec#STEP_ENTRIES_MAX}
 * log-probabilities.
 *
 * @param chunked whether a gap may be closed in parts
 */
record BatchPolicy(int prefillRowsMax, boolean chunked) {
  static BatchPolicy of(EngineSettings settings) {
    return new BatchPolicy(settings.prefillRowsMax(), settings.chunked());
  }

  /**
   * Plans rows for every running sequence, 0 for some; returns the rows of the step.
   *
   * @param step number of the step, larger than that of the one before
   */
  int plan(RunQueue queue, long step) {
    int rows = 0;
    int alone = queue.oldestSuspect();
    int gaps = 0;
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      boolean may = alone == RunQueue.NOBODY || alone == i;
      int share = may && sequence.gap() == 1 ? 1 : 0;
      sequence.plan(share);
      rows += share;
      gaps += may ? 1 - share : 0;
    }
    return gaps == 0 ? rows : rows + planGaps(queue, alone, step);
  }

  private int planGaps(RunQueue queue, int alone, long step) {
    int left = prefillRowsMax;
    int scores = ScoreSpec.STEP_ENTRIES_MAX;
    while (left > 0) {
      int next = nextTurn(queue, alone);
      if (next == RunQueue.NOBODY) {
        break;
      }
      Sequence sequence = queue.running(next);
      int gap = sequence.gap();
      if (gap > left && !mayCut(gap, left)) {
        break;
      }
      PromptScoring scoring = sequence.scoring();
      int share = Math.min(Math.min(gap, left), scoring.rowsMax(sequence.computed(), scores));
      if (share == 0) {
        break;
      }
      sequence.plan(share);
      left -= share;
      scores -= scoring.entries(sequence.computed() + share);
      if (share < gap) {
        sequence.hadTurn(step);
      }
    }
    return prefillRowsMax - left;
  }

  /** Index of the sequence whose turn it is, {@code NOBODY} when every gap has its share. */
  private static int nextTurn(RunQueue queue, int alone) {
    int next = RunQueue.NOBODY;
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      boolean may = alone == RunQueue.NOBODY || alone == i;
      if (may
          && sequence.plannedRows() == 0
          && (next == RunQueue.NOBODY || sooner(sequence, queue.running(next)))) {
        next = i;
      }
    }
    return next;
  }

  private static boolean sooner(Sequence one, Sequence other) {
    long urgency = one.standing().urgency();
    return urgency == other.standing().urgency() && one.lastTurn() < other.lastTurn();
  }

  /** Without chunking only a gap that no step can close is cut, and only by a step of its own. */
  private boolean mayCut(int gap, int left) {
    return chunked || (gap > prefillRowsMax && left == prefillRowsMax);
  }
}
