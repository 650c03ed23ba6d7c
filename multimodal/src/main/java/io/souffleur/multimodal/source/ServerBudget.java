package io.souffleur.multimodal.source;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** What all requests hold together: encoded bytes and fetches. Thread-safe. */
public final class ServerBudget {
  private final RequestLimits requestLimits;
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();
  private final Semaphore fetches;

  public ServerBudget(MediaLimits limits) {
    this.requestLimits = limits.request();
    this.bytesMax = limits.server().bytesMax();
    this.fetches = new Semaphore(limits.server().fetchesMax(), true);
  }

  /** The budget of a new request; to be closed with it. */
  public RequestBudget open() {
    return new RequestBudget(this, requestLimits);
  }

  /** Encoded bytes held now. */
  public long bytesHeld() {
    return bytes.get();
  }

  void takeBytes(long count) throws MediaRefused {
    if (bytes.addAndGet(count) > bytesMax) {
      bytes.addAndGet(-count);
      throw new MediaRefused(
          MediaRefused.Reason.BUSY,
          "pictures and videos of all requests hold " + bytesMax + " bytes already, the limit");
    }
  }

  void giveBytes(long count) {
    bytes.addAndGet(-count);
  }

  Semaphore fetches() {
    return fetches;
  }
}
