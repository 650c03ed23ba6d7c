package io.souffleur.cache.tier;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What happened in a tier, of one kind, since its counters were made. Written by its loop, read by all. */
public final class TierCounters {
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong notKept = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong notWhole = new AtomicLong();
  private final AtomicLong fileBytes = new AtomicLong();

  void written(boolean kept) {
    (kept ? written : notKept).incrementAndGet();
  }

  void read(boolean whole) {
    (whole ? read : notWhole).incrementAndGet();
  }

  void fileBytes(long bytes) {
    fileBytes.lazySet(bytes);
  }

  /** Records that were written. */
  public long recordsWritten() {
    return written.get();
  }

  /** Records that could not be written. */
  public long recordsNotKept() {
    return notKept.get();
  }

  /** Records that were read and were what they should be. */
  public long recordsRead() {
    return read.get();
  }

  /** Records that were asked for and were not there, or not whole. */
  public long recordsNotWhole() {
    return notWhole.get();
  }

  /** Bytes of all files. */
  public long fileBytes() {
    return fileBytes.get();
  }

  /** Puts all values under names like {@code tier-kv-records-read}. */
  public void into(String label, Map<String, Long> values) {
    values.put("tier-" + label + "-records-written", recordsWritten());
    values.put("tier-" + label + "-records-not-kept", recordsNotKept());
    values.put("tier-" + label + "-records-read", recordsRead());
    values.put("tier-" + label + "-records-not-whole", recordsNotWhole());
    values.put("tier-" + label + "-file-bytes", fileBytes());
  }
}
