package io.souffleur.cache.tier;

import io.souffleur.contracts.tier.TierEvent;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * What an engine loop and the tier loop of one kind share: cells, the commands one way and the events
 * the other. Nobody waits for anybody: a queue that is full refuses.
 *
 * <p>Two threads use it, each its own side. The cells are closed when both have left.
 */
public final class TierShelf {
  /** What the engine loop asks for. */
  sealed interface Command {}

  record Write(TierName name, int cell) implements Command {}

  record Read(TierName name, long record, int cell) implements Command {}

  enum Clear implements Command {
    INSTANCE
  }

  private final TierKind kind;
  private final TierCells cells;
  private final TierCounters counters;
  private final OneToOneConcurrentArrayQueue<Command> commands;
  private final OneToOneConcurrentArrayQueue<TierEvent> events;
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile List<TierEvent.Kept> kept;
  private volatile Runnable wakeEngine = () -> {};
  private volatile Runnable wakeTier = () -> {};

  /** @param kept what the store had when it was opened */
  public TierShelf(
      TierKind kind, TierCells cells, List<TierEvent.Kept> kept, TierCounters counters) {
    this.kind = kind;
    this.cells = cells;
    this.kept = kept;
    this.counters = counters;
    // Each cell is in one command or one event at a time; the rest is for clearing and dropping.
    commands = new OneToOneConcurrentArrayQueue<>(cells.count() + 2);
    events = new OneToOneConcurrentArrayQueue<>(cells.count() + 16);
  }

  public TierKind kind() {
    return kind;
  }

  public TierCounters counters() {
    return counters;
  }

  // ---- the engine loop's side ----

  /** An engine loop will use the shelf, and leave it. */
  void join() {
    users.incrementAndGet();
  }

  /** @param wake ends a pause of the engine loop, because an event is there */
  void wakeEngineBy(Runnable wake) {
    wakeEngine = wake;
  }

  /** What was kept when the store was opened; empty the second time. */
  List<TierEvent.Kept> takeKept() {
    List<TierEvent.Kept> taken = kept;
    kept = List.of();
    return taken;
  }

  TierCells cells() {
    return cells;
  }

  boolean offer(Command command) {
    if (ended.get() || !commands.offer(command)) {
      return false;
    }
    wakeTier.run();
    return true;
  }

  TierEvent nextEvent() {
    return events.poll();
  }

  // ---- the tier loop's side ----

  /** @param wake ends a pause of the tier loop, because a command is there */
  public void wakeTierBy(Runnable wake) {
    wakeTier = wake;
  }

  Command nextCommand() {
    return commands.poll();
  }

  boolean tell(TierEvent event) {
    if (!events.offer(event)) {
      return false;
    }
    wakeEngine.run();
    return true;
  }

  /** The tier loop has ended: nothing is taken any more, what was taken is not answered. Idempotent. */
  public void end() {
    if (ended.compareAndSet(false, true)) {
      leave();
    }
  }

  /** Each side calls it once, when its thread has ended. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      cells.close();
    }
  }
}
