package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.CacheHolding;
import io.souffleur.cache.book.PrefixMatch;
import java.util.Optional;

/**
 * Whether the pages suffice for one more sequence: for what it knows now and the cache does not have, and
 * for the answers that it and the running ones are expected to give. Cached pages that nobody reads are as
 * good as free. Who runs alone needs only room for what it knows, and can do
 * without the cache, so what fits at all is admitted in the end. Owned by the engine loop.
 */
final class Admission {
  static final int NO_ROOM = -1;

  private final CacheBook book;
  private final OutputEstimate estimate;
  private final PrioritySettings priority;

  Admission(CacheBook book, OutputEstimate estimate, PrioritySettings priority) {
    this.book = book;
    this.estimate = estimate;
    this.priority = priority;
  }

  /** Positions that must have pages before the first step: everything known, and one to decode. */
  static int positionsNeeded(Sequence sequence) {
    return Math.min(sequence.known() + 1, sequence.knownMax() - 1);
  }

  /**
   * How many of the running sequences, from the last on, must give way so that {@code candidate} can
   * start: 0 when it has room, {@link #NO_ROOM} when not enough of them are that much less urgent.
   */
  int sacrifices(Sequence candidate, RunQueue queue) {
    PrefixMatch found = book.probe(
        candidate.ticket().request().cacheNamespace(), candidate.tokens(), candidate.matchLimit());
    int running = queue.runningCount();
    long free = book.pagesAvailable();
    long saved = (long) found.fullPages() - found.unreadPages();
    long promised = 0;
    for (int i = 0; i < running; i++) {
      promised += pagesToCome(queue.running(i));
    }
    for (int given = 0; ; given++) {
      boolean place = given > 0 || queue.hasFreePlace();
      boolean alone = given == running;
      long room = free + (alone ? Math.max(0, saved) : saved);
      if (place && pagesFor(candidate, alone) + promised <= room) {
        return given;
      }
      if (alone) {
        return NO_ROOM;
      }
      Sequence victim = queue.running(running - 1 - given);
      if (!priority.preempts(candidate.standing(), victim.standing())) {
        return NO_ROOM;
      }
      free += book.pagesOfItsOwn(victim.holding());
      promised -= pagesToCome(victim);
    }
  }

  private long pagesFor(Sequence candidate, boolean alone) {
    int now = positionsNeeded(candidate);
    return book.pagesFor(alone ? now : Math.max(now, estimate.computedAtEnd(candidate)));
  }

  private long pagesToCome(Sequence sequence) {
    int atEnd = book.pagesFor(estimate.computedAtEnd(sequence));
    return Math.max(0, atEnd - sequence.holding().pageCount());
  }

  /** Pages and slots for a newcomer, behind what the cache has; without that if it stands in the way. */
  Optional<CacheHolding> reserve(Sequence sequence, RunQueue queue) {
    CacheHolding holding = open(sequence);
    int found = book.match(holding, sequence.tokens(), sequence.matchLimit());
    if (book.tryReserve(holding, positionsNeeded(sequence))) {
      return Optional.of(holding);
    }
    book.release(holding, sequence.tokens());
    if (found == 0 || queue.runningCount() > 0) {
      return Optional.empty();
    }
    holding = open(sequence);
    if (book.tryReserve(holding, positionsNeeded(sequence))) {
      return Optional.of(holding);
    }
    book.release(holding, sequence.tokens());
    return Optional.empty();
  }

  private CacheHolding open(Sequence sequence) {
    return book.open(sequence.ticket().request().cacheNamespace(), sequence.knownMax() - 1);
  }
}
