package io.souffleur.transport;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.TransportCounters.Event;
import java.util.Optional;
import org.agrona.DirectBuffer;

/** Encodes plans, decodes and filters what comes back. One thread; allocates nothing per step. */
final class CodedFrontChannel implements FrontStepChannel {
  private final StepAddress address;
  private final MessageOut plans;
  private final MessageIn results;
  private final TransportCounters counters;
  private final StepResult result = new StepResult();
  private final MessageIn.Handler handler = this::onMessage;

  /** Set for the time of a poll only, so that the handler captures nothing per call. */
  private ResultListener listener;

  CodedFrontChannel(
      StepAddress address, MessageOut plans, MessageIn results, TransportCounters counters) {
    this.address = address;
    this.plans = plans;
    this.results = results;
    this.counters = counters;
  }

  @Override
  public Offer offer(StepPlan plan) {
    long bytes = PlanCodec.bytes(plan);
    if (bytes > Integer.MAX_VALUE) {
      counters.add(Event.TOO_LARGE);
      return Offer.TOO_LARGE;
    }
    Offer claimed = plans.claim((int) bytes);
    if (claimed != Offer.SENT) {
      return Refusals.counted(claimed, counters);
    }
    try {
      PlanCodec.encode(plan, plans.buffer(), plans.offset());
    } catch (RuntimeException failure) {
      plans.abort();
      throw failure;
    }
    return Refusals.counted(plans.commit(), counters);
  }

  @Override
  public int poll(ResultListener newListener, int limit) {
    listener = newListener;
    return results.poll(handler, limit);
  }

  private void onMessage(DirectBuffer buffer, int offset, int length) {
    if (!MessageHeader.isWhole(buffer, offset, length)) {
      counters.add(Event.MALFORMED_DROPPED);
      return;
    }
    if (MessageHeader.epoch(buffer, offset) != address.epoch()
        || MessageHeader.incarnation(buffer, offset) != address.incarnation()) {
      counters.add(Event.STALE_DROPPED);
      return;
    }
    if (!deliver(buffer, offset, length)) {
      counters.add(Event.MALFORMED_DROPPED);
    }
  }

  private boolean deliver(DirectBuffer buffer, int offset, int length) {
    return switch (MessageHeader.kind(buffer, offset)) {
      case MessageHeader.RESULT -> {
        boolean whole = ResultCodec.decode(buffer, offset, length, result);
        if (whole) {
          listener.onResult(result);
        }
        yield whole;
      }
      case MessageHeader.FAILURE -> {
        Optional<String> text = ReportCodec.decodeFailure(buffer, offset, length);
        text.ifPresent(message -> listener.onFailed(stepId(buffer, offset), message));
        yield text.isPresent();
      }
      case MessageHeader.HELLO -> {
        Optional<RankHello> hello = ReportCodec.decodeHello(buffer, offset, length);
        hello.ifPresent(listener::onHello);
        yield hello.isPresent();
      }
      default -> false;
    };
  }

  private static StepId stepId(DirectBuffer buffer, int offset) {
    return new StepId(
        MessageHeader.epoch(buffer, offset),
        MessageHeader.incarnation(buffer, offset),
        MessageHeader.step(buffer, offset),
        MessageHeader.attempt(buffer, offset));
  }

  @Override
  public StepAddress address() {
    return address;
  }

  @Override
  public boolean isOpen() {
    return plans.isOpen() && results.isOpen();
  }

  @Override
  public void close() {
    plans.close();
    results.close();
  }
}
