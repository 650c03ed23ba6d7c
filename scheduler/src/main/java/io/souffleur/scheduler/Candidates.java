package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;

/**
 * Which waiting sequence is admitted next: the first in the order of service, or by {@link
 * SchedulePolicy#LPM} the one that the cache has most of.
 *
 * <p>One that shares its beginning with a running sequence, which still computes it and is going to leave
 * it for others, is better off waiting for that ({@link Followers}); those behind it may go first. What
 * the cache has is looked up again only when something changed in it. The first in order is passed over a
 * limited number of times, so that everybody gets done. Owned by the engine loop.
 */
final class Candidates {
  /** While more wait, looking at each would take too long: they are served in order. */
  static final int LOOKED_AT_MAX = 128;

  /** After so many younger ones the first in order is next. */
  static final int PASSED_OVER_MAX = 64;

  private static final int UNKNOWN = -1;

  private final CacheBook book;
  private final Followers followers;
  private final boolean longestPrefix;

  Candidates(CacheBook book, Followers followers, SchedulePolicy policy) {
    this.book = book;
    this.followers = followers;
    longestPrefix = policy == SchedulePolicy.LPM && book.prefixes();
  }

  /** The next waiting sequence, or {@link RunQueue#NOBODY} when all had better wait; its place in order. */
  int next(RunQueue queue) {
    if (!queue.hasWaiting()) {
      return RunQueue.NOBODY;
    }
    return book.prefixes() && queue.hasFreePlace() ? choose(queue) : 0;
  }

  private int choose(RunQueue queue) {
    boolean inOrder = !longestPrefix || queue.waitingCount() > LOOKED_AT_MAX;
    int best = RunQueue.NOBODY;
    int most = UNKNOWN;
    int place = 0;
    for (Sequence each : queue.waiting()) {
      if (place == LOOKED_AT_MAX) {
        break;
      }
      if (!followers.waits(each, queue)) {
        if (inOrder || each.passedOver() >= PASSED_OVER_MAX) {
          return place;
        }
        int cached = cached(each);
        if (cached > most) {
          most = cached;
          best = place;
        }
      }
      place++;
    }
    return best;
  }

  /** {@code chosen} gets a seat now. */
  void starts(Sequence chosen, RunQueue queue) {
    if (longestPrefix && chosen != queue.firstWaiting()) {
      queue.firstWaiting().passOver();
    }
  }

  private int cached(Sequence sequence) {
    long version = book.version();
    if (!sequence.knowsCached(version)) {
      int tokens = book.probe(
              sequence.ticket().request().cacheNamespace(),
              sequence.tokens(),
              sequence.matchLimit())
          .length();
      sequence.cachedNow(tokens, version);
    }
    return sequence.cachedNow();
  }
}
