package io.souffleur.scheduler;

import java.util.Locale;

/**
 * Order of service and how much memory is kept for answers that are still to come.
 *
 * @param policy order among requests of one priority
 * @param seed of {@link SchedulePolicy#RANDOM}
 * @param conservativeness scales the share of its limit that an answer is expected to reach: 0 admits
 *     whatever has room now, larger values admit later and retract less
 * @param maxPrefillTokens prompt tokens of a step without chunking; the context length if that is more
 * @param retraction who gives way when pages run out
 */
public record SchedulingSettings(
    SchedulePolicy policy,
    long seed,
    double conservativeness,
    int maxPrefillTokens,
    PrioritySettings priority,
    RetractionPolicy retraction) {
  public static final int PREFILL_TOKENS_DEFAULT = 16_384;

  public static final SchedulingSettings DEFAULT = new SchedulingSettings(
      SchedulePolicy.FCFS, 0, 1, PREFILL_TOKENS_DEFAULT, PrioritySettings.OFF);

  public SchedulingSettings {
    if (!(conservativeness >= 0) || Double.isInfinite(conservativeness)) {
      throw new IllegalArgumentException(
          "schedule-conservativeness must be a finite number >= 0, got " + conservativeness);
    }
    if (maxPrefillTokens < 1) {
      throw new IllegalArgumentException(
          "max-prefill-tokens must be at least 1, got " + maxPrefillTokens);
    }
    if (retraction == RetractionPolicy.PRIORITY && !priority.enabled()) {
      throw new IllegalArgumentException(
          "retraction-policy priority needs priority scheduling, which is off");
    }
    if (priority.enabled() && policy != SchedulePolicy.FCFS && policy != SchedulePolicy.LOF) {
      throw new IllegalArgumentException("schedule-policy must be fcfs or lof with priority"
          + " scheduling, got " + policy.name().toLowerCase(Locale.ROOT));
    }
  }

  /** The last in the order of service gives way. */
  public SchedulingSettings(
      SchedulePolicy policy,
      long seed,
      double conservativeness,
      int maxPrefillTokens,
      PrioritySettings priority) {
    this(policy, seed, conservativeness, maxPrefillTokens, priority, RetractionPolicy.ORDER);
  }

  /** Whether the priority of a request has any effect. */
  boolean heedsPriority() {
    return priority.enabled() || policy == SchedulePolicy.PRIORITY;
  }

  /** Whether a request that states a priority is not let in. */
  boolean refusesPriority() {
    return priority.refusedWhenOff() && !heedsPriority();
  }

  /** The same with another share of answers to come. */
  public SchedulingSettings conservativeness(double other) {
    return new SchedulingSettings(policy, seed, other, maxPrefillTokens, priority, retraction);
  }

  /** The same with other priorities. */
  public SchedulingSettings priority(PrioritySettings other) {
    return new SchedulingSettings(
        policy, seed, conservativeness, maxPrefillTokens, other, retraction);
  }

  /** The same with another order. */
  public SchedulingSettings policy(SchedulePolicy other) {
    return new SchedulingSettings(
        other, seed, conservativeness, maxPrefillTokens, priority, retraction);
  }

  /** The same with others to give way. */
  public SchedulingSettings retraction(RetractionPolicy other) {
    return new SchedulingSettings(
        policy, seed, conservativeness, maxPrefillTokens, priority, other);
  }
}
