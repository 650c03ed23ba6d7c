package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.CacheHolding;

/**
 * At which lengths of a sequence a state is worth keeping: where a hint says so, where others have parted
 * from it, and every so many tokens.
 *
 * <p>Lengths inside a run are stored on the way, into slots of their own; at the end of a run the state
 * that the sequence has anyway is given to the tree. With one slot per sequence only ends count, and every
 * end of a prompt's chunk does. Owned by the engine loop.
 */
final class CheckpointPlanner {
  /** Most states that one run stores on its way. */
  static final int CHECKPOINTS_PER_RUN_MAX = 64;

  private final CacheBook book;
  private final boolean onTheWay;
  private final int interval;

  CheckpointPlanner(CacheBook book, CacheSettings settings) {
    this.book = book;
    onTheWay = settings.strategy() == StateStrategy.EXTRA_BUFFER;
    interval = settings.trackInterval();
  }

  /** Takes slots for the states that the planned rows of the sequence pass. */
  void plan(Sequence sequence) {
    int rows = sequence.plannedRows();
    if (rows < 2 || !onTheWay || !book.keepsStates()) {
      return;
    }
    CacheHolding holding = sequence.holding();
    int end = sequence.computed() + rows;
    int position = next(sequence, sequence.computed());
    for (int i = 0; position < end && i < CHECKPOINTS_PER_RUN_MAX; i++) {
      if (book.planCheckpoint(holding, position, hinted(sequence, position))
          == CacheHolding.NO_SLOT) {
        return;
      }
      position = next(sequence, position);
    }
  }

  /** A step was applied: gives the state to the tree if it is worth keeping. */
  void stepDone(Sequence sequence, int rows) {
    if (!book.keepsStates()) {
      return;
    }
    int computed = sequence.computed();
    boolean hinted = hinted(sequence, computed);
    boolean chunk = !onTheWay && rows > 1;
    if (hinted || chunk || computed % interval == 0) {
      book.donate(sequence.holding(), sequence.tokens(), hinted);
    }
  }

  /** Whether running sequences leave something for others before they end. */
  boolean leavesPrefixes() {
    return book.prefixes() && (onTheWay || !book.recurrent());
  }

  /** The last length up to {@code most} at which the sequence leaves its prefix for others; 0 for none. */
  int lastLeft(Sequence sequence, int most) {
    if (!book.recurrent()) {
      return most;
    }
    int last = most / interval * interval;
    int branch = sequence.holding().branch();
    last = branch <= most ? Math.max(last, branch) : last;
    for (int hint : sequence.ticket().request().checkpointHints()) {
      last = hint <= most ? Math.max(last, hint) : last;
    }
    return last;
  }

  /** The next length after {@code position} at which a state is wanted. */
  private int next(Sequence sequence, int position) {
    int next = (position / interval + 1) * interval;
    int branch = sequence.holding().branch();
    if (branch > position) {
      next = Math.min(next, branch);
    }
    int hint = firstHintAfter(sequence, position);
    return hint > position ? Math.min(next, hint) : next;
  }

  private static boolean hinted(Sequence sequence, int position) {
    return position == sequence.holding().branch()
        || firstHintAfter(sequence, position - 1) == position;
  }

  /** 0 when there is none. */
  private static int firstHintAfter(Sequence sequence, int position) {
    for (int hint : sequence.ticket().request().checkpointHints()) {
      if (hint > position) {
        return hint;
      }
    }
    return 0;
  }
}
