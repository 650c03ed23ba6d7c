package io.souffleur.cache.tier;

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
}
