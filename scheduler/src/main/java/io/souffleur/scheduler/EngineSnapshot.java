package io.souffleur.scheduler;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The engine's counters at one moment.
 *
 * <p>{@code accepted = completed + failed + cancelled + lost + running + waiting}.
 *
 * @param accepted requests that were let in
 * @param rejected requests that were refused by {@link EngineInbox#submit}
 * @param completed requests that ended with STOP or LENGTH
 * @param failed requests that ended with NOT_FINITE or CRASHED
 * @param cancelled requests that ended with ABORT
 * @param lost requests that were inside when the loop died
 * @param running sequences on a seat
 * @param waiting accepted requests without a seat: in the inbox, in the queue, preempted
 * @param steps steps applied
 * @param stepsReplayed offers of an interrupted step again, to a new rank
 * @param staleResults results that belonged to no step in flight and were dropped
 * @param rowsPlanned rows of all steps, each step once
 * @param rowsReplayed rows of interrupted steps offered again
 * @param rowsDiscarded computed rows given up by preemption: to be computed again, as far as the cache
 *     does not have them any more
 * @param preemptions sequences sent back to the queue for want of pages
 * @param tokensGenerated tokens drawn, stop tokens included
 * @param stepInFlight whether a rank has a step now, or a step waits for a rank
 * @param progress grows whenever a step is offered or applied: when it stands still while {@code
 *     stepInFlight}, the engine is stuck
 * @param lastProgressNanos clock at the last change of {@code progress}, 0 before the first
 * @param pagesUsed pages that running sequences hold; {@code free + used + cached} is the pool
 * @param tier totals of what moved to and from the tier
 * @param slotsUsed slots that running sequences hold; {@code free + used + cached} is the pool
 */
public record EngineSnapshot(
    long accepted,
    long rejected,
    long completed,
    long failed,
    long cancelled,
    long lost,
    int running,
    int waiting,
    long steps,
    long stepsReplayed,
    long staleResults,
    long rowsPlanned,
    long rowsReplayed,
    long rowsDiscarded,
    long preemptions,
    long tokensGenerated,
    int pagesFree,
    int pagesUsed,
    int slotsFree,
    int slotsUsed,
    boolean stepInFlight,
    long progress,
    long lastProgressNanos,
    CacheSnapshot cache,
    Map<String, Long> tier,
    LoadSnapshot load) {
  /** Time since the last progress while a step is in flight, else 0; same clock as the loop's. */
  public long progressAgeNanos(long nowNanos) {
    return stepInFlight ? Math.max(0, nowNanos - lastProgressNanos) : 0;
  }

  /** Totals and gauges by kebab-case name, for status and metrics. */
  public Map<String, Long> asMap() {
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("requests-accepted", accepted);
    values.put("requests-rejected", rejected);
    values.put("requests-completed", completed);
    values.put("requests-failed", failed);
    values.put("requests-cancelled", cancelled);
    values.put("requests-lost", lost);
    values.put("requests-running", (long) running);
    values.put("requests-waiting", (long) waiting);
    values.put("steps", steps);
    values.put("steps-replayed", stepsReplayed);
    values.put("stale-results", staleResults);
    values.put("rows-planned", rowsPlanned);
    values.put("rows-replayed", rowsReplayed);
    values.put("rows-discarded", rowsDiscarded);
    values.put("preemptions", preemptions);
    values.put("tokens-generated", tokensGenerated);
    values.put("pages-free", (long) pagesFree);
    values.put("pages-used", (long) pagesUsed);
    values.put("slots-free", (long) slotsFree);
    values.put("slots-used", (long) slotsUsed);
    values.put("progress", progress);
    cache.into(values);
    values.putAll(tier);
    load.into(values);
    return values;
  }
}
