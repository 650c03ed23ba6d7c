package io.souffleur.actors;

import java.util.Map;

/**
 * A snapshot of the engine for health checks, metrics and the log.
 *
 * @param phase where the engine is in its life
 * @param detail one sentence when the phase is {@code FAILED} or something is being replaced, else empty
 * @param rankReady whether the rank answers now; false for a moment while it is replaced
 * @param progressAgeNanos time since the step loop last finished a step while work was in flight; 0
 *     when there is nothing to do
 * @param running sequences that are being computed
 * @param waiting accepted requests that wait for their first step
 * @param epoch incarnation of the replica, from 1; 0 before the first
 * @param rankIncarnation incarnation of the rank within the epoch, from 1; 0 before the first
 * @param counters monotonic totals and gauges by kebab-case name, for metrics
 */
public record EngineStatus(
    Phase phase,
    String detail,
    boolean rankReady,
    long progressAgeNanos,
    int running,
    int waiting,
    long epoch,
    int rankIncarnation,
    Map<String, Long> counters) {
  /** The life of an engine, in order; {@code FAILED} may follow each. */
  public enum Phase {
    /** Loading, or rebuilding the replica; requests are refused with {@code NOT_READY}. */
    STARTING,
    /** Serving. A rank that is being replaced does not end this phase: its streams only pause. */
    READY,
    /** Running requests end, new ones are refused. */
    DRAINING,
    /** Given up; {@code detail} says why. Only a new process helps. */
    FAILED
  }

  public EngineStatus {
    counters = Map.copyOf(counters);
  }

  /** The process is worth keeping: everything but {@code FAILED}. */
  public boolean live() {
    return phase != Phase.FAILED;
  }

  /** New requests are welcome. */
  public boolean ready() {
    return phase == Phase.READY;
  }

  /** A total or gauge by name, 0 when it does not exist. */
  public long counter(String name) {
    return counters.getOrDefault(name, 0L);
  }
}
