package io.souffleur.scheduler;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;

/**
 * One accepted request on its way through the engine: what was asked, where answers go, and whether its
 * owner still wants them. Made by a submitting thread, afterwards owned by the engine loop; only the
 * abort mark is written by others.
 */
final class Ticket {
  private final GenerationRequest request;
  private final TokenSink sink;
  private volatile boolean abortRequested;

  Ticket(GenerationRequest request, TokenSink sink) {
    this.request = request;
    this.sink = sink;
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
}
