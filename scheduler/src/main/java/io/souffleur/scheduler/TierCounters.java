package io.souffleur.scheduler;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the tier did for the engine loop, readable from any thread; written by the loop. */
public final class TierCounters {
  final AtomicLong exported = new AtomicLong();
  final AtomicLong exportsDropped = new AtomicLong();
  final AtomicLong imported = new AtomicLong();
  final AtomicLong bytesMoved = new AtomicLong();
  final AtomicInteger pending = new AtomicInteger();
  final AtomicLong restores = new AtomicLong();
  final AtomicLong restoresGivenUp = new AtomicLong();
  final AtomicLong tokensRestored = new AtomicLong();

  /** All values by kebab-case name. */
  public Map<String, Long> snapshot() {
    Map<String, Long> values = new TreeMap<>();
    values.put("tier-exported", exported.get());
    values.put("tier-exports-dropped", exportsDropped.get());
    values.put("tier-imported", imported.get());
    values.put("tier-bytes-moved", bytesMoved.get());
    values.put("tier-pending", (long) pending.get());
    values.put("tier-restores", restores.get());
    values.put("tier-restores-given-up", restoresGivenUp.get());
    values.put("tier-tokens-restored", tokensRestored.get());
    return values;
  }
}
