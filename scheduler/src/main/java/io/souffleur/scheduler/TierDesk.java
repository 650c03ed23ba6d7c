package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.ColdIndex;
import io.souffleur.cache.book.PrefixNames;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.tier.TierEvent;
import io.souffleur.contracts.tier.TierEvent.Dropped;
import io.souffleur.contracts.tier.TierEvent.Kept;
import io.souffleur.contracts.tier.TierEvent.Read;
import io.souffleur.contracts.tier.TierEvent.Written;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierPort;
import java.util.function.Consumer;

/**
 * Where the scheduler deals with the tier: what goes out and comes in with a step, and who waits for it.
 * Does nothing for a replica without one. Owned by the engine loop.
 */
final class TierDesk {
  private static final int EVENTS_PER_CYCLE = 64;

  private final TierPort port;
  private final ColdIndex index;
  private final TierStep step;
  private final Exports exports;
  private final Restores restores;
  private final Consumer<Sequence> queue;
  private final Consumer<TierEvent> events = this::onEvent;
  private final TierCounters counters;
  private final boolean enabled;
  private boolean clearDue;
  private long nowNanos;

  /** @param queue takes sequences that have waited here */
  TierDesk(
      TierPort port,
      TierLimits limits,
      CacheBook book,
      TierCounters counters,
      Consumer<Sequence> queue) {
    this.port = port;
    this.queue = queue;
    this.counters = counters;
    enabled = book.prefixes()
        && port.keeps(TierKind.PAGE)
        && (port.keeps(TierKind.STATE) || !book.recurrent());
    PrefixNames names = new PrefixNames(port.key(), book.pageTokens());
    index = new ColdIndex(book.pageTokens(), book.recurrent(), names);
    step = new TierStep(port);
    restores = new Restores(port, book, index, step, limits, counters);
    exports = new Exports(port, book, index, names, step, counters, limits);
    if (enabled) {
      port.recall(this::onEvent);
    }
  }

  /** Lets a newcomer wait if that saves it work; false when it goes to the queue. */
  boolean take(Sequence sequence) {
    return enabled && named(sequence) && restores.take(sequence, nowNanos);
  }

  /** Keys of pictures mean something in this engine alone; records outlive it. */
  private static boolean named(Sequence sequence) {
    return sequence.pictures().count() == 0;
  }

  /** A sequence left these tokens to others. */
  void left(Sequence sequence) {
    if (enabled && named(sequence)) {
      exports.add(
          sequence.ticket().request().cacheNamespace(), sequence.tokens(), sequence.computed());
    }
  }

  /** Takes news, asks for records, looks at the clock. */
  int work(long now) {
    nowNanos = now;
    if (!enabled) {
      return 0;
    }
    if (clearDue) {
      clearDue = !port.offerClear();
    }
    return port.poll(events, EVENTS_PER_CYCLE) + restores.work(now, queue);
  }

  private void onEvent(TierEvent event) {
    switch (event) {
      case Kept kept -> index.keep(kept.name(), kept.record());
      case Written written ->
        exports.written(written.kind(), written.cell(), written.record(), nowNanos);
      case Read read -> restores.read(read.kind(), read.cell(), read.whole(), queue);
      case Dropped dropped -> index.dropSegment(dropped.kind(), dropped.segment());
    }
  }

  /** Chooses the transfers of the next step, when all else about it is settled; false: there are none. */
  boolean plan() {
    if (!enabled) {
      return false;
    }
    restores.plan(queue);
    exports.plan(nowNanos);
    EngineCounters.add(counters.bytesMoved, step.bytes());
    return !step.isEmpty();
  }

  void write(StepPlan plan) {
    step.write(plan);
  }

  void applied() {
    step.applied();
  }

  void calledOff() {
    step.calledOff();
  }

  /** Between steps: gives pages free for those who run; false when there are none to give. */
  boolean giveWay() {
    return restores.giveWay(queue);
  }

  void removeUnwanted(Consumer<Sequence> receiver) {
    restores.removeUnwanted(receiver);
  }

  /** Forgets everything; also while a step is in flight. */
  void clear() {
    restores.giveWay(queue);
    exports.clear();
    index.clear();
    clearDue = enabled;
  }

  /** Tells what is not written yet. */
  void publish() {
    if (enabled) {
      counters.pending.lazySet(exports.pending());
    }
  }

  /** Whether nobody waits here. */
  boolean isIdle() {
    return restores.isEmpty();
  }
}
