package io.souffleur.scheduler;

import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * The door of an engine: submit, abort and drain, from any thread, without waiting for a step.
 *
 * <p>Every refusal is the answer of {@link #submit} itself, decided by counters on the calling thread: a
 * full queue answers in microseconds while a step runs. An accepted request is in the table of live ones
 * until the loop (or {@link #abandon}) takes it out, exactly once, and that is who ends it. An abort is
 * a mark on the request, so there is no queue of aborts that could fill.
 */
public final class EngineInbox {
  private final AdmissionPolicy policy;
  private final EngineSettings settings;
  private final EngineCounters counters;
  private final ConcurrentHashMap<RequestId, Ticket> live = new ConcurrentHashMap<>();
  private final ManyToOneConcurrentArrayQueue<Ticket> arrivals;
  private final AtomicInteger waitingRequests = new AtomicInteger();
  private final AtomicLong waitingTokens = new AtomicLong();
  private final AtomicLong abortSignal = new AtomicLong();
  private final AtomicLong flushSignal = new AtomicLong();
  private final AtomicLong tickets = new AtomicLong();

  /** Displaced requests that the loop has not ended yet. */
  private final AtomicInteger displaced = new AtomicInteger();

  private volatile boolean draining;
  private volatile boolean abandoned;

  EngineInbox(AdmissionPolicy policy, EngineSettings settings, EngineCounters counters) {
    this.policy = policy;
    this.settings = settings;
    this.counters = counters;
    int twice = settings.scheduling().priority().enabled() ? settings.maxQueuedRequests() : 0;
    this.arrivals =
        new ManyToOneConcurrentArrayQueue<>(Math.max(2, settings.maxQueuedRequests() + twice));
  }

  /**
   * Hands a request to the engine.
   *
   * @return empty when it was accepted: {@code sink} then hears of it until its end. Otherwise why not,
   *     and {@code sink} hears nothing.
   */
  public Optional<Rejected> submit(GenerationRequest request, TokenSink sink) {
    Optional<Rejected> refusal = tryEnter(request, sink);
    if (refusal.isPresent()) {
      counters.rejected.incrementAndGet();
    }
    return refusal;
  }

  private Optional<Rejected> tryEnter(GenerationRequest request, TokenSink sink) {
    if (abandoned) {
      return refuse(request, RejectReason.NOT_READY, "the engine is being rebuilt");
    }
    if (draining) {
      return refuse(request, RejectReason.DRAINING, "the server is going down");
    }
    Optional<Rejected> never = policy.refusal(request);
    if (never.isPresent()) {
      return never;
    }
    if (request.priority().isPresent() && settings.scheduling().refusesPriority()) {
      return refuse(
          request,
          RejectReason.PRIORITY_OFF,
          "the request has priority " + request.priority().getAsInt()
              + ", but priority scheduling is off (--enable-priority-scheduling)");
    }
    if (live.containsKey(request.id())) {
      return duplicate(request);
    }
    while (waitingRequests.incrementAndGet() > settings.maxQueuedRequests()) {
      waitingRequests.decrementAndGet();
      if (!displaceFor(request)) {
        return refuse(
            request,
            RejectReason.QUEUE_FULL,
            settings.maxQueuedRequests() + " requests wait already (--max-queued-requests)");
      }
    }
    int tokens = request.knownTokens();
    long tokensBefore = waitingTokens.getAndAdd(tokens);
    if (tokensBefore > 0 && tokensBefore + tokens > settings.maxQueuedTokens()) {
      leaveQueue(tokens);
      return refuse(
          request,
          RejectReason.QUEUE_FULL,
          tokensBefore + " prompt tokens wait already, with these " + tokens
              + " they would pass max-queued-tokens = " + settings.maxQueuedTokens());
    }
    var ticket = new Ticket(request, sink, tickets.incrementAndGet());
    if (live.putIfAbsent(request.id(), ticket) != null) {
      leaveQueue(tokens);
      return duplicate(request);
    }
    counters.accepted.incrementAndGet();
    if (!arrivals.offer(ticket)) {
      throw new IllegalStateException("no room for request " + request.id() + " with "
          + waitingRequests + " of " + settings.maxQueuedRequests() + " waiting");
    }
    if (abandoned) {
      lose(ticket);
    }
    return Optional.empty();
  }

  private Optional<Rejected> duplicate(GenerationRequest request) {
    return refuse(
        request, RejectReason.DUPLICATE_ID, "a request with id " + request.id() + " is running");
  }

  /**
   * With priorities, the least urgent of those that wait for their first seat, and the youngest of these,
   * loses its place to a more urgent newcomer; the loop tells it.
   */
  private boolean displaceFor(GenerationRequest newcomer) {
    PrioritySettings priority = settings.scheduling().priority();
    if (!priority.enabled() || displaced.get() >= settings.maxQueuedRequests()) {
      return false;
    }
    long bound = priority.urgency(newcomer.priority());
    Ticket worst = null;
    long least = bound;
    for (Ticket each : live.values()) {
      long urgency = priority.urgency(each.request().priority());
      boolean worse =
          urgency < least || (worst != null && urgency == least && each.number() > worst.number());
      if (worse && each.waits()) {
        worst = each;
        least = urgency;
      }
    }
    if (worst == null) {
      return false;
    }
    if (worst.displace()) {
      leaveQueue(worst.request().knownTokens());
      displaced.incrementAndGet();
      abortSignal.incrementAndGet();
    }
    return true;
  }

  private Optional<Rejected> refuse(GenerationRequest request, RejectReason reason, String detail) {
    return Optional.of(policy.reject(request, reason, detail));
  }

  /**
   * Ends a request at the next step border; its sink hears {@code Finished(ABORT)}. Idempotent, and
   * unknown ids are ignored, because an abort races with the natural end.
   */
  public void abort(RequestId id) {
    Ticket ticket = live.get(id);
    if (ticket != null) {
      ticket.requestAbort();
      abortSignal.incrementAndGet();
    }
  }

  /**
   * Forgets all cached prefixes. Whoever is submitted after this returns finds none of them; running
   * requests keep what they use.
   */
  public void flushCache() {
    flushSignal.incrementAndGet();
  }

  /** Refuses new requests from now on; those inside end as they would have. */
  public void startDraining() {
    draining = true;
  }

  public boolean draining() {
    return draining;
  }

  /** Accepted requests that have not ended. */
  public int liveRequests() {
    return live.size();
  }

  /** Accepted requests that wait for their first step. */
  public int waitingRequests() {
    return waitingRequests.get();
  }

  /**
   * Refuses everything from now on and tells every live request that it is lost. To be called when the
   * loop's thread has ended, by whoever watched it.
   */
  public void abandon() {
    abandoned = true;
    live.values().forEach(this::lose);
  }

  private void lose(Ticket ticket) {
    if (live.remove(ticket.id(), ticket)) {
      counters.lost.incrementAndGet();
      ticket.sink().onLost(new EngineLost(ticket.id(), policy.epoch()));
    }
  }

  // ---- the loop's side ----

  int drain(Consumer<Ticket> receiver, int limit) {
    return arrivals.drain(receiver, limit);
  }

  boolean hasArrivals() {
    return !arrivals.isEmpty();
  }

  /** Changes with every abort. */
  long abortSignal() {
    return abortSignal.get();
  }

  /** Changes with every flush. */
  long flushSignal() {
    return flushSignal.get();
  }

  /** A request got its first seat, or ended without one. */
  void leaveQueue(int tokens) {
    waitingRequests.decrementAndGet();
    waitingTokens.addAndGet(-tokens);
  }

  /** The request is over; its id is free again. */
  void end(Ticket ticket) {
    if (ticket.displaced()) {
      displaced.decrementAndGet();
    }
    live.remove(ticket.id(), ticket);
  }
}
