package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.SamplingSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * First come, first served: whoever takes a seat for the first time came after all who did before, and
 * before all who still wait. Requests are told apart by their seeds.
 */
final class OrderOfService implements SimExecutor.Seating {
  private final Map<Long, Long> waiting = new HashMap<>();
  private boolean firstComeFirstServed;
  private long arrivals;

  /** @param inOrder whether this engine serves in the order of arrival */
  void newEngine(boolean inOrder) {
    firstComeFirstServed = inOrder;
    waiting.clear();
  }

  void arrives(SimClient client) {
    waiting.put(client.seed(), arrivals++);
  }

  void refused(SimClient client) {
    waiting.remove(client.seed());
  }

  /** Whether it gets a seat is open now. */
  void aborted(SimClient client) {
    waiting.remove(client.seed());
  }

  @Override
  public void seated(SamplingSpec sampling) {
    Long arrival = waiting.remove(sampling.seed());
    if (arrival == null || !firstComeFirstServed) {
      return;
    }
    for (long other : waiting.values()) {
      if (other < arrival) {
        throw new AssertionError("order of service: " + arrival + " before " + other);
      }
    }
  }
}
