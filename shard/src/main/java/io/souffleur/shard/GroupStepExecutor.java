package io.souffleur.shard;

import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.FrontStepChannel;
import io.souffleur.transport.Offer;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.ResultListener;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Steps of a replica whose rank is another process.
 *
 * <p>Two threads meet here in one volatile reference. The owner of the rank (an actor) hands over a
 * channel by {@link #connect} when a rank is ready and takes it back by {@link #disconnect} when it died.
 * The engine loop calls everything else; it notices the change, drains the old channel, dropping what
 * comes out, and closes it. So a channel always has one user.
 */
public final class GroupStepExecutor implements StepExecutor {
  private static final int DRAIN_LIMIT = 64;

  private volatile FrontStepChannel current;

  /** Start of the step in flight, 0 for none; read by the owner of the rank for its deadline. */
  private final AtomicLong stepStartNanos = new AtomicLong();

  private final AtomicLong resultsDropped = new AtomicLong();
  private final AtomicLong crashesExplained = new AtomicLong();
  private volatile String lastFailure = "";
  private volatile int crashedIncarnation;

  // ---- owned by the engine loop ----
  private FrontStepChannel used;
  private StepHandler handler;
  private int delivered;
  private int incarnation;

  /** The step in flight; step 0 does not exist and means none. */
  private long stepInFlight;

  private int attemptInFlight;
  private final ResultListener deliver = new Deliver();
  private final ResultListener drop = new Drop();

  // ---- the owner of the rank ----

  /** Plans go to this channel from now on; it belongs to the engine loop until {@link #disconnect}. */
  public void connect(FrontStepChannel channel) {
    if (current != null) {
      throw new IllegalStateException("still connected to " + current.address());
    }
    current = channel;
  }

  /** The rank behind the channel is dead. Idempotent; the loop closes the channel. */
  public void disconnect() {
    current = null;
    stepStartNanos.set(0);
  }

  /** Time that the rank has spent on its step, 0 when it has none. */
  public long stepAgeNanos(long nowNanos) {
    long start = stepStartNanos.get();
    return start == 0 ? 0 : Math.max(0, nowNanos - start);
  }

  /** What the rank said when a step failed last; empty when none did. */
  public String lastFailure() {
    return lastFailure;
  }

  /** Results that came from a dead incarnation or for another step. */
  public long resultsDropped() {
    return resultsDropped.get();
  }

  /** The rank of this incarnation ended by its own doing; said before its successor is connected. */
  public void rankCrashed(int ended) {
    crashedIncarnation = ended;
  }

  /** Crashes that were put down to single requests. */
  public long crashesExplained() {
    return crashesExplained.get();
  }

  // ---- the engine loop ----

  @Override
  public boolean offer(StepPlan plan) {
    FrontStepChannel channel = channelInUse();
    if (channel == null || stepInFlight != 0 || plan.incarnation() != incarnation) {
      return false;
    }
    Offer outcome = channel.offer(plan);
    if (outcome == Offer.TOO_LARGE) {
      throw new IllegalStateException("a step of " + plan.tokenCount() + " rows, "
          + plan.runCount() + " runs and " + plan.pageCount()
          + " new pages does not fit the plan stream");
    }
    if (outcome != Offer.SENT) {
      return false;
    }
    stepInFlight = plan.step();
    attemptInFlight = plan.attempt();
    stepStartNanos.set(System.nanoTime());
    if (channel != current) {
      // The rank died while the plan was sent: disconnect() may have cleared the clock before us.
      stepStartNanos.set(0);
    }
    return true;
  }

  @Override
  public int poll(StepHandler newHandler, int limit) {
    FrontStepChannel channel = channelInUse();
    if (channel == null) {
      return 0;
    }
    handler = newHandler;
    delivered = 0;
    channel.poll(deliver, limit);
    return delivered;
  }

  /** Follows {@link #current}; on a change the old channel is drained and closed first. */
  private FrontStepChannel channelInUse() {
    FrontStepChannel wanted = current;
    if (wanted != used) {
      retire();
      used = wanted;
      if (wanted != null) {
        incarnation = wanted.address().incarnation();
      }
    }
    return wanted;
  }

  private void retire() {
    stepInFlight = 0;
    if (used != null) {
      while (used.poll(drop, DRAIN_LIMIT) > 0) {}
      used.close();
      used = null;
    }
  }

  @Override
  public boolean crashed(int endedIncarnation) {
    return crashedIncarnation == endedIncarnation;
  }

  @Override
  public void crashExplained() {
    crashesExplained.incrementAndGet();
  }

  @Override
  public int depth() {
    return 1;
  }

  @Override
  public int incarnation() {
    channelInUse();
    return incarnation;
  }

  @Override
  public boolean ready() {
    return channelInUse() != null;
  }

  /** By the engine loop, or by whoever joined its thread. */
  @Override
  public void close() {
    current = null;
    retire();
  }

  private final class Deliver implements ResultListener {
    @Override
    public void onHello(RankHello hello) {
      resultsDropped.incrementAndGet();
    }

    @Override
    public void onResult(StepResult result) {
      if (result.step() != stepInFlight || result.attempt() != attemptInFlight) {
        resultsDropped.incrementAndGet();
        return;
      }
      stepInFlight = 0;
      stepStartNanos.set(0);
      delivered++;
      handler.onStepResult(result);
    }

    /** Nothing is delivered: the rank ends itself now, and its successor gets the step again. */
    @Override
    public void onFailed(StepId id, String message) {
      lastFailure = message;
    }
  }

  private final class Drop implements ResultListener {
    @Override
    public void onHello(RankHello hello) {}

    @Override
    public void onResult(StepResult result) {
      resultsDropped.incrementAndGet();
    }

    @Override
    public void onFailed(StepId id, String message) {
      lastFailure = message;
    }
  }
}
