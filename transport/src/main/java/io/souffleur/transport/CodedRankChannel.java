package io.souffleur.transport;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.TransportCounters.Event;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** Decodes and filters plans, encodes what goes back. One thread; allocates nothing per step. */
final class CodedRankChannel implements RankStepChannel {
  private final StepAddress address;
  private final MessageIn plans;
  private final MessageOut results;
  private final TransportCounters counters;
  private final StepPlan plan = new StepPlan();
  private final MessageIn.Handler handler = this::onMessage;
  private final MutableDirectBuffer report = new ExpandableArrayBuffer();

  /** Set for the time of a poll only, so that the handler captures nothing per call. */
  private Consumer<StepPlan> planHandler;

  CodedRankChannel(
      StepAddress address, MessageIn plans, MessageOut results, TransportCounters counters) {
    this.address = address;
    this.plans = plans;
    this.results = results;
    this.counters = counters;
  }

  @Override
  public int poll(Consumer<StepPlan> newHandler, int limit) {
    planHandler = newHandler;
    return plans.poll(handler, limit);
  }

  private void onMessage(DirectBuffer buffer, int offset, int length) {
    if (!MessageHeader.isWhole(buffer, offset, length)
        || MessageHeader.kind(buffer, offset) != MessageHeader.PLAN) {
      counters.add(Event.MALFORMED_DROPPED);
    } else if (MessageHeader.epoch(buffer, offset) != address.epoch()
        || MessageHeader.incarnation(buffer, offset) != address.incarnation()) {
      counters.add(Event.STALE_DROPPED);
    } else if (PlanCodec.decode(buffer, offset, length, plan)) {
      planHandler.accept(plan);
    } else {
      counters.add(Event.MALFORMED_DROPPED);
    }
  }

  @Override
  public Offer offer(StepResult result) {
    Offer claimed = results.claim((int) ResultCodec.bytes(result));
    if (claimed != Offer.SENT) {
      return Refusals.counted(claimed, counters);
    }
    try {
      ResultCodec.encode(result, results.buffer(), results.offset());
    } catch (RuntimeException failure) {
      results.abort();
      throw failure;
    }
    return Refusals.counted(results.commit(), counters);
  }

  @Override
  public Offer offerFailure(StepId id, String message) {
    return sendReport(ReportCodec.encodeFailure(id, message, report));
  }

  @Override
  public Offer offerHello(RankHello hello) {
    return sendReport(ReportCodec.encodeHello(address, hello, report));
  }

  private Offer sendReport(int bytes) {
    Offer claimed = results.claim(bytes);
    if (claimed != Offer.SENT) {
      return Refusals.counted(claimed, counters);
    }
    results.buffer().putBytes(results.offset(), report, 0, bytes);
    return Refusals.counted(results.commit(), counters);
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
