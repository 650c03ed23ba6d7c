package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;

/**
 * Which waiting sequence is admitted next: the first in the order of service, or by {@link
 * SchedulePolicy#LPM} the one that the cache has most of.
 *
 * <p>What the cache has is looked up again only when something changed in it. The first in order is passed
 * over a limited number of times, so that everybody gets done. Owned by the engine loop.
 */
final class Candidates {
  /** While more wait, looking at each would take too long: they are served in order. */
  static final int LOOKED_AT_MAX = 128;

  /** After so many younger ones the first in order is next. */
  static final int PASSED_OVER_MAX = 64;

  private final CacheBook book;
  private final boolean longestPrefix;

  Candidates(CacheBook book, SchedulePolicy policy) {
    this.book = book;
    longestPrefix = policy == SchedulePolicy.LPM && book.prefixes();
  }

  /** Somebody must wait. */
  Sequence next(RunQueue queue) {
    Sequence first = queue.firstWaiting();
    if (!longestPrefix
        || !queue.hasFreePlace()
        || queue.waitingCount() > LOOKED_AT_MAX
        || first.passedOver() >= PASSED_OVER_MAX) {
      return first;
    }
    long version = book.version();
    Sequence best = first;
    int most = -1;
    for (Sequence each : queue.waiting()) {
      int cached = cached(each, version);
      if (cached > most) {
        most = cached;
        best = each;
      }
    }
    return best;
  }

  /** {@code chosen} gets a seat now. */
  void starts(Sequence chosen, RunQueue queue) {
    if (longestPrefix && chosen != queue.firstWaiting()) {
      queue.firstWaiting().passOver();
    }
  }

  private int cached(Sequence sequence, long version) {
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
