package io.souffleur.transport;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Everything unusual that happened to messages, as monotonic totals. Any thread adds and reads. */
public final class TransportCounters {
  /** What is counted. */
  public enum Event {
    /** A message of an older epoch or incarnation, or of another step, was dropped. */
    STALE_DROPPED,
    /** A message whose bytes make no sense was dropped. */
    MALFORMED_DROPPED,
    /** The log was full for a moment; the sender tries again. */
    BACK_PRESSURED,
    /** A message that does not fit its stream was refused. */
    TOO_LARGE,
    /** A handle to a tensor that is not there (any more) was refused. */
    HANDLE_REFUSED,
    /** The media driver or its client reported an error; {@link #lastError} has the text. */
    DRIVER_ERROR
  }

  private final LongAdder[] totals = new LongAdder[Event.values().length];
  private final AtomicReference<String> lastError = new AtomicReference<>("");

  public TransportCounters() {
    for (int i = 0; i < totals.length; i++) {
      totals[i] = new LongAdder();
    }
  }

  public void add(Event event) {
    totals[event.ordinal()].increment();
  }

  public long total(Event event) {
    return totals[event.ordinal()].sum();
  }

  /** Counts an error and keeps its text until the next one. */
  public void onError(Throwable error) {
    lastError.set(error.toString());
    add(Event.DRIVER_ERROR);
  }

  /** Text of the latest error, empty when there was none. */
  public String lastError() {
    return lastError.get();
  }

  /** All totals by kebab-case name. */
  public Map<String, Long> snapshot() {
    Map<String, Long> snapshot = new TreeMap<>();
    for (Event event : Event.values()) {
      String name = "transport-" + event.name().toLowerCase(Locale.ROOT).replace('_', '-');
      snapshot.put(name, total(event));
    }
    return snapshot;
  }
}
