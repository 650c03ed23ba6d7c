package io.souffleur.scheduler;

import io.souffleur.contracts.request.GenerationRequest;

/**
 * The place of a request in the order of service, fixed from its arrival to its end: the more urgent,
 * then the policy's choice, then the older. No two are equal, so the first of all is never preempted
 * and everybody gets done.
 *
 * @param urgency larger is sooner
 * @param key smaller is sooner
 * @param arrival number of the arrival in this engine
 */
record Standing(long urgency, long key, long arrival) implements Comparable<Standing> {
  static Standing of(GenerationRequest request, long arrival, SchedulingSettings settings) {
    long urgency = settings.heedsPriority() ? settings.priority().urgency(request.priority()) : 0;
    return new Standing(
        urgency, settings.policy().key(request.maxNewTokens(), arrival, settings.seed()), arrival);
  }

  /** Negative when this one is served first. */
  @Override
  public int compareTo(Standing other) {
    int order = Long.compare(other.urgency, urgency);
    if (order == 0) {
      order = Long.compare(key, other.key);
    }
    return order != 0 ? order : Long.compare(arrival, other.arrival);
  }
}
