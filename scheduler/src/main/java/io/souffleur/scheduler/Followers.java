package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import java.util.Arrays;

/**
 * Which waiting sequences are better off when they let a running one compute what both begin with.
 *
 * <pre>
 *   running   |-- computed --|........ p ....|         p: the last length at which it leaves a state for others,
 *   waiting   |-------- the same tokens -------|-- its own --|                     within what both share
 *   waits while computed &lt; p, if p is a page or more beyond what the running one found in the cache
 * </pre>
 *
 * <p>A hundred questions about one text are computed once and not a hundred times. It waits for nobody who
 * is less urgent, and not forever. Owned by the engine loop.
 */
final class Followers {
  /** Plans that a sequence waits for others; then it starts like everybody. */
  static final int PLANS_MAX = 1_024;

  private final CacheBook book;
  private final CheckpointPlanner checkpoints;

  Followers(CacheBook book, CheckpointPlanner checkpoints) {
    this.book = book;
    this.checkpoints = checkpoints;
  }

  /** Whether {@code waiting} should not start yet; counts the plans that it waits for. */
  boolean waits(Sequence waiting, RunQueue queue) {
    if (!checkpoints.leavesPrefixes() || waiting.plansWaited() >= PLANS_MAX) {
      return false;
    }
    for (int i = 0; i < queue.runningCount(); i++) {
      if (leads(queue.running(i), waiting)) {
        waiting.waitPlan();
        return true;
      }
    }
    return false;
  }

  private boolean leads(Sequence running, Sequence waiting) {
    if (running.gap() < 2
        || running.suspect()
        || running.standing().urgency() < waiting.standing().urgency()
        || !sameNamespace(running, waiting)) {
      return false;
    }
    int left = checkpoints.lastLeft(running, shared(running, waiting));
    return left > running.computed()
        && left - running.holding().matchedTokens() >= book.pageTokens();
  }

  private static boolean sameNamespace(Sequence one, Sequence other) {
    return one.ticket()
        .request()
        .cacheNamespace()
        .equals(other.ticket().request().cacheNamespace());
  }

  private static int shared(Sequence running, Sequence waiting) {
    int most = Math.min(running.known(), waiting.matchLimit());
    int differs =
        most <= 0 ? 0 : Arrays.mismatch(running.tokens(), 0, most, waiting.tokens(), 0, most);
    return differs < 0 ? most : differs;
  }
}
