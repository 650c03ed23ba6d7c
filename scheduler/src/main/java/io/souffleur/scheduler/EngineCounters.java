package io.souffleur.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the engine counted, readable from any thread by {@link #snapshot}.
 *
 * <p>Written by the engine loop, except for accepted, rejected and lost, which the submitting and the
 * abandoning threads count. Values of one snapshot may be one step apart from each other while the loop
 * works; they are exact at rest.
 */
public final class EngineCounters {
  final AtomicLong accepted = new AtomicLong();
  final AtomicLong rejected = new AtomicLong();
  final AtomicLong completed = new AtomicLong();
  final AtomicLong failed = new AtomicLong();
  final AtomicLong cancelled = new AtomicLong();
  final AtomicLong lost = new AtomicLong();
  final AtomicLong steps = new AtomicLong();
  final AtomicLong stepsReplayed = new AtomicLong();
  final AtomicLong staleResults = new AtomicLong();
  final AtomicLong rowsPlanned = new AtomicLong();
  final AtomicLong rowsReplayed = new AtomicLong();
  final AtomicLong rowsDiscarded = new AtomicLong();
  final AtomicLong preemptions = new AtomicLong();
  final AtomicLong tokensGenerated = new AtomicLong();
  final AtomicLong progress = new AtomicLong();
  final AtomicLong lastProgressNanos = new AtomicLong();
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger pagesFree = new AtomicInteger();
  final AtomicInteger pagesUsed = new AtomicInteger();
  final AtomicInteger slotsFree = new AtomicInteger();
  final AtomicInteger slotsUsed = new AtomicInteger();
  final CacheCounters cache = new CacheCounters();
  final TierCounters tier = new TierCounters();
  final LoadCounters load = new LoadCounters();
  private volatile boolean stepInFlight;

  /** A counter with one writing thread: cheaper than an atomic increment, and ordered for readers. */
  static void add(AtomicLong counter, long amount) {
    counter.lazySet(counter.getPlain() + amount);
  }

  void stepInFlight(boolean inFlight) {
    stepInFlight = inFlight;
  }

  /** Something moved: a step was offered or applied. */
  void progressAt(long nanos) {
    lastProgressNanos.lazySet(nanos);
    add(progress, 1);
  }

  public EngineSnapshot snapshot() {
    long ended = completed.get() + failed.get() + cancelled.get() + lost.get();
    int seated = running.get();
    return new EngineSnapshot(
        accepted.get(),
        rejected.get(),
        completed.get(),
        failed.get(),
        cancelled.get(),
        lost.get(),
        seated,
        (int) Math.max(0, accepted.get() - ended - seated),
        steps.get(),
        stepsReplayed.get(),
        staleResults.get(),
        rowsPlanned.get(),
        rowsReplayed.get(),
        rowsDiscarded.get(),
        preemptions.get(),
        tokensGenerated.get(),
        pagesFree.get(),
        pagesUsed.get(),
        slotsFree.get(),
        slotsUsed.get(),
        stepInFlight,
        progress.get(),
        lastProgressNanos.get(),
        cache.snapshot(),
        tier.snapshot(),
        load.snapshot());
  }
}
