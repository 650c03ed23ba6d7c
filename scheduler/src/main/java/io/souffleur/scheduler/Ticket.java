package io.souffleur.scheduler;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One accepted request on its way through the engine: what was asked, where answers go, and whether its
 * owner still wants them. Made by a submitting thread, afterwards owned by the engine loop; only the
 * abort mark, and the place in the queue until its first seat, are written by others.
 */
final class Ticket {
  private final GenerationRequest request;
  private final TokenSink sink;
  private final long number;
  private final AtomicReference<Place> place = new AtomicReference<>(Place.WAITING);
  private volatile boolean abortRequested;

  private enum Place {
    WAITING,
    SEATED,
    DISPLACED
  }

  Ticket(GenerationRequest request, TokenSink sink) {
    this(request, sink, 0);
  }

  /** @param number larger for those that came later */
  Ticket(GenerationRequest request, TokenSink sink, long number) {
    this.request = request;
    this.sink = sink;
    this.number = number;
  }

  long number() {
    return number;
  }

  GenerationRequest request() {
    return request;
  }

  RequestId id() {
    return request.id();
  }

  TokenSink sink() {
    return sink;
  }

  void requestAbort() {
    abortRequested = true;
  }

  boolean abortRequested() {
    return abortRequested;
  }

  /** Whether it still waits for its first seat. */
  boolean waits() {
    return place.get() == Place.WAITING;
  }

  /** A more urgent request takes the place in the queue; false when it has a seat, or lost it before. */
  boolean displace() {
    return place.compareAndSet(Place.WAITING, Place.DISPLACED);
  }

  boolean displaced() {
    return place.get() == Place.DISPLACED;
  }

  /** The loop gives it a seat; false when its place was taken in the meantime. */
  boolean takeSeat() {
    return place.get() == Place.SEATED || place.compareAndSet(Place.WAITING, Place.SEATED);
  }

  /** Whether it ends without a seat. */
  boolean unwanted() {
    return abortRequested || displaced();
  }

  /** Why it ends without a seat. */
  FinishReason endUnseated() {
    return displaced() ? FinishReason.DISPLACED : FinishReason.ABORT;
  }
}
