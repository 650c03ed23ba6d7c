package io.souffleur.clusterconfig.bench;

import java.util.Arrays;

/**
 * Times of the text of one answer: to its first piece, and from piece to piece.
 *
 * <p>Where the server says how many tokens there are so far, a gap before n new tokens counts as n gaps
 * of a n-th; otherwise each piece counts as a token. One thread uses it.
 */
final class Timeline {
  private static final int FIRST_CAPACITY = 64;

  private final long startNanos;
  private double ttftNanos;
  private double[] gapNanos = new double[FIRST_CAPACITY];
  private int gaps;
  private long recentNanos;
  private int recentTokens;
  private boolean begun;

  /** @param startNanos when the request was sent */
  Timeline(long startNanos) {
    this.startNanos = startNanos;
  }

  /** A piece of text of a server that does not count tokens. */
  void onPiece(long nanos) {
    onText(nanos, recentTokens + 1);
  }

  /** Text after which there are {@code tokensSoFar}; nothing happens unless there are more than before. */
  void onText(long nanos, int tokensSoFar) {
    if (begun) {
      int fresh = tokensSoFar - recentTokens;
      if (fresh <= 0) {
        return;
      }
      add((double) (nanos - recentNanos) / fresh, fresh);
    } else {
      begun = true;
      ttftNanos = nanos - startNanos;
    }
    recentNanos = nanos;
    recentTokens = tokensSoFar;
  }

  private void add(double gap, int count) {
    if (gaps + count > gapNanos.length) {
      gapNanos = Arrays.copyOf(gapNanos, Math.max(gapNanos.length * 2, gaps + count));
    }
    Arrays.fill(gapNanos, gaps, gaps + count, gap);
    gaps += count;
  }

  /** 0 before the first text. */
  double ttftNanos() {
    return ttftNanos;
  }

  /** A copy. */
  double[] gapNanos() {
    return Arrays.copyOf(gapNanos, gaps);
  }
}
