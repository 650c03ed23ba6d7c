package io.souffleur.scheduler;

/**
 * How many rows each running sequence gets in the next step.
 *
 * <p>Sequences that are one token behind (decode) always get their row. What is left, up to {@code
 * prefillRowsMax}, goes to the wider gaps, oldest first. Without chunking a gap is closed whole or not
 * at all, unless it is wider than any step. A sequence under suspicion of crashing its rank has the step
 * for itself, the oldest first. So one step lasts at most as long as one chunk, whatever prompts wait.
 *
 * @param chunked whether a gap may be closed in parts
 */
record BatchPolicy(int prefillRowsMax, boolean chunked) {
  static BatchPolicy of(EngineSettings settings) {
    return new BatchPolicy(settings.prefillRowsMax(), settings.chunked());
  }

  /** Plans rows for every running sequence, 0 for some; returns the rows of the step. */
  int plan(RunQueue queue) {
    int rows = 0;
    int left = prefillRowsMax;
    boolean closed = false;
    int alone = queue.oldestSuspect();
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      int gap = sequence.gap();
      int share;
      if (alone != RunQueue.NOBODY && alone != i) {
        share = 0;
      } else if (gap == 1) {
        share = 1;
      } else if (closed) {
        share = 0;
      } else {
        closed = gap > left;
        share = !closed ? gap : mayCut(gap, left) ? left : 0;
        left -= share;
      }
      sequence.plan(share);
      rows += share;
    }
    return rows;
  }

  /** Without chunking only a gap that no step can close is cut, and only by a step of its own. */
  private boolean mayCut(int gap, int left) {
    return chunked || (gap > prefillRowsMax && left == prefillRowsMax);
  }
}
