package io.souffleur.transport.inproc;

import io.souffleur.transport.FrontStepChannel;
import io.souffleur.transport.RankStepChannel;
import io.souffleur.transport.StepAddress;
import io.souffleur.transport.StepChannels;
import io.souffleur.transport.TransportCounters;

/**
 * Both ends of a step channel inside one process. Each end may have a thread of its own.
 *
 * @param front the engine's end
 * @param rank the rank's end
 */
public record InProcLink(FrontStepChannel front, RankStepChannel rank) {
  /** Room for about 100,000 prompt tokens in one plan. */
  public static final int CAPACITY_BYTES_DEFAULT = 4 << 20;

  public static InProcLink open(StepAddress address, TransportCounters counters) {
    return open(address, counters, CAPACITY_BYTES_DEFAULT);
  }

  /** @param capacityBytes room per direction, a power of two */
  public static InProcLink open(
      StepAddress address, TransportCounters counters, int capacityBytes) {
    RingLane plans = new RingLane(capacityBytes);
    RingLane results = new RingLane(capacityBytes);
    return new InProcLink(
        StepChannels.front(address, plans, results, counters),
        StepChannels.rank(address, plans, results, counters));
  }
}
