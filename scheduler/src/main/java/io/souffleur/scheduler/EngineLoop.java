package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepResult;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * The duty cycle of a replica: take requests, apply the finished step, end what was aborted, offer the
 * next step.
 *
 * <p>One step is in flight at most. When the executor's incarnation has changed, the rank that had the
 * step is gone, and the step is offered again to the new one; unless ranks crash over it again and again
 * ({@link Scheduler#crashed}), or it works in place. An exception out of {@link #doWork} (a
 * broken invariant, a {@code StepFailure}) ends the loop: its host rebuilds the replica under a new
 * epoch, and calls {@link EngineInbox#abandon}. Runs on one thread; the executor belongs to whoever made
 * it.
 */
public final class EngineLoop implements Agent, StepHandler {
  private static final int ARRIVALS_PER_CYCLE = 64;
  private static final long CHECK_INTERVAL_NANOS = 1_000_000_000;

  private final StepExecutor executor;
  private final NanoClock clock;
  private final EngineInbox inbox;
  private final EngineCounters counters = new EngineCounters();
  private final Scheduler scheduler;
  private final Consumer<Ticket> arrivals;
  private boolean offered;
  private boolean integrityDue;
  private long lastCheckNanos;

  /** @param epoch incarnation of the replica, stamped on plans, results and events */
  public EngineLoop(
      long epoch,
      EngineSettings settings,
      CacheLayout layout,
      CacheCapacity capacity,
      Tiering tier,
      Eyes eyes,
      StepExecutor executor,
      NanoClock clock) {
    this(
        epoch,
        settings,
        new CacheBook(layout, capacity, settings.cache().rules(), () -> false),
        tier,
        eyes,
        executor,
        clock);
  }

  /** Without a tier and without eyes. */
  public EngineLoop(
      long epoch,
      EngineSettings settings,
      CacheLayout layout,
      CacheCapacity capacity,
      StepExecutor executor,
      NanoClock clock) {
    this(epoch, settings, layout, capacity, Tiering.NONE, Eyes.NONE, executor, clock);
  }

  /** Without eyes, with a book of the caller's making. */
  public EngineLoop(
      long epoch,
      EngineSettings settings,
      CacheBook book,
      Tiering tier,
      StepExecutor executor,
      NanoClock clock) {
    this(epoch, settings, book, tier, Eyes.NONE, executor, clock);
  }

  /** Without a tier and without eyes, with a book of the caller's making. */
  public EngineLoop(
      long epoch, EngineSettings settings, CacheBook book, StepExecutor executor, NanoClock clock) {
    this(epoch, settings, book, Tiering.NONE, Eyes.NONE, executor, clock);
  }

  /** @param book empty, by the rules of {@code settings}, and from now on the loop's own */
  public EngineLoop(
      long epoch,
      EngineSettings settings,
      CacheBook book,
      Tiering tier,
      Eyes eyes,
      StepExecutor executor,
      NanoClock clock) {
    this.executor = executor;
    this.clock = clock;
    var admission = AdmissionPolicy.of(epoch, settings, book, eyes);
    inbox = new EngineInbox(admission, settings, counters);
    scheduler = new Scheduler(epoch, settings, book, admission, tier, inbox, counters, eyes);
    arrivals = scheduler::arrive;
    scheduler.publishGauges();
    lastCheckNanos = clock.nanoTime();
  }

  /** The door for all other threads. */
  public EngineInbox inbox() {
    return inbox;
  }

  public EngineCounters counters() {
    return counters;
  }

  @Override
  public int doWork() {
    int work = scheduler.workWithTier(clock.nanoTime());
    work += inbox.drain(arrivals, ARRIVALS_PER_CYCLE);
    work += scheduler.flushIfAsked();
    work += executor.poll(this, 1);
    work += scheduler.sweepAborts();
    work += tryStep();
    if (work > 0) {
      scheduler.publishGauges();
      integrityDue = true;
    } else if (integrityDue && scheduler.isIdle()) {
      checkWhenIdle();
    }
    return work;
  }

  /** Not after each of many short requests: with 100,000 cached pages a check takes 10 ms and more. */
  private void checkWhenIdle() {
    long now = clock.nanoTime();
    if (now - lastCheckNanos >= CHECK_INTERVAL_NANOS) {
      scheduler.checkIntegrity();
      lastCheckNanos = now;
      integrityDue = false;
    }
  }

  @Override
  public void onStepResult(StepResult result) {
    if (scheduler.apply(result)) {
      offered = false;
      counters.progressAt(clock.nanoTime());
    }
  }

  private int tryStep() {
    if (!executor.ready()) {
      return 0;
    }
    int incarnation = executor.incarnation();
    if (scheduler.inFlight() && incarnation != scheduler.plan().incarnation()) {
      blameStep();
      if (offered && scheduler.worksInPlace()) {
        scheduler.callOff();
        calledOff();
      }
    }
    if (!scheduler.inFlight()) {
      if (!scheduler.next(incarnation)) {
        return 0;
      }
      counters.stepInFlight(true);
      counters.progressAt(clock.nanoTime());
    } else if (incarnation != scheduler.plan().incarnation()) {
      scheduler.replay(incarnation, offered);
      offered = false;
    } else if (offered) {
      return 0;
    }
    return offer();
  }

  /** The rank that had the step is gone; if it went by its own doing, the step may be called off. */
  private void blameStep() {
    if (!offered || !executor.crashed(scheduler.plan().incarnation())) {
      return;
    }
    var after = scheduler.crashed();
    if (after == Scheduler.AfterCrash.REFUSED) {
      executor.crashExplained();
    }
    if (after != Scheduler.AfterCrash.REPLAY) {
      calledOff();
    }
  }

  private void calledOff() {
    offered = false;
    scheduler.publishGauges();
  }

  private int offer() {
    offered = executor.offer(scheduler.plan());
    if (!offered) {
      return 0;
    }
    counters.progressAt(clock.nanoTime());
    return 1;
  }

  /** Throws unless book, seats and queue agree; costly, on the loop's thread only. */
  public void checkIntegrity() {
    scheduler.checkIntegrity();
  }

  @Override
  public String roleName() {
    return "engine";
  }
}
