package io.souffleur.scheduler;

import java.util.OptionalInt;

/**
 * What the priority of a request means.
 *
 * @param enabled whether priorities order the queue and may preempt; otherwise they are ignored unless
 *     the policy is {@link SchedulePolicy#PRIORITY}
 * @param lowFirst whether lower numbers are sooner
 * @param preemptionThreshold a running request gives way to one that is sooner by more than this; empty:
 *     nobody gives way
 * @param defaultPriority of a request that names none; empty: such a request comes after all others
 * @param refusedWhenOff whether a request with a priority is refused while priorities are off
 */
public record PrioritySettings(
    boolean enabled,
    boolean lowFirst,
    OptionalInt preemptionThreshold,
    OptionalInt defaultPriority,
    boolean refusedWhenOff) {
  /** Difference that preempts when nothing else was asked for. */
  public static final int THRESHOLD_DEFAULT = 10;

  public static final PrioritySettings OFF = new PrioritySettings(
      false, false, OptionalInt.of(THRESHOLD_DEFAULT), OptionalInt.empty(), false);

  /** Further from every real priority than any threshold is. */
  private static final long LAST = -(1L << 40);

  public PrioritySettings {
    if (preemptionThreshold.isPresent() && preemptionThreshold.getAsInt() < 0) {
      throw new IllegalArgumentException("priority-preemption-threshold must be at least 0, got "
          + preemptionThreshold.getAsInt());
    }
  }

  /** Larger is sooner, whatever direction the numbers have. */
  long urgency(OptionalInt priority) {
    OptionalInt stated = priority.isPresent() ? priority : defaultPriority;
    if (stated.isEmpty()) {
      return LAST;
    }
    return lowFirst ? -(long) stated.getAsInt() : stated.getAsInt();
  }

  /** Whether {@code running} gives its seat and pages to {@code waiting}. */
  boolean preempts(Standing waiting, Standing running) {
    return enabled
        && preemptionThreshold.isPresent()
        && waiting.urgency() - running.urgency() > preemptionThreshold.getAsInt();
  }
}
