package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheHolding;
import io.souffleur.cache.book.ColdIndex.Piece;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A prefix on its way back from the tier, and the sequences that wait for it. Owned by {@link Restores}.
 *
 * <pre>
 *   pieces   0 … read and copied … | ready | being read … nextRead | not asked for
 * </pre>
 */
final class Restore {
  final CacheHolding holding;
  final int[] tokens;
  final int target;
  final List<Piece> pieces;
  final List<Sequence> waiting = new ArrayList<>();
  final Deque<InCell> ready = new ArrayDeque<>();
  int nextRead;
  int read;
  int beingCopied;
  int copied;
  boolean reserved;
  boolean givenUp;
  private int progress;
  private long progressNanos;

  /** A piece whose bytes lie in a cell. */
  record InCell(Piece piece, int cell) {}

  /**
   * @param holding shares the rows that the tree has already
   * @param target tokens of the prefix
   */
  Restore(CacheHolding holding, int[] tokens, int target, List<Piece> pieces, long nowNanos) {
    this.holding = holding;
    this.tokens = tokens;
    this.target = target;
    this.pieces = pieces;
    this.progressNanos = nowNanos;
  }

  /** Time since something was last read or copied, as far as this was asked before. */
  long idleNanos(long nowNanos) {
    if (read + copied != progress) {
      progress = read + copied;
      progressNanos = nowNanos;
    }
    return nowNanos - progressNanos;
  }

  /** What makes two prefixes the same: the last piece names all before it. */
  boolean brings(List<Piece> wanted) {
    return pieces.getLast().name().equals(wanted.getLast().name());
  }

  boolean complete() {
    return copied == pieces.size();
  }
}
