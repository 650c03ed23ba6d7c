package io.souffleur.multimodal.source;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What one request took of its own limits and of the server's. Thread-safe; closing gives back what is
 * held, and lets nothing more be taken.
 */
public final class RequestBudget implements AutoCloseable {
  private final ServerBudget server;
  private final RequestLimits limits;
  private final Semaphore fetches;
  private int items;
  private long bytes;
  private long pixels;
  private boolean closed;

  RequestBudget(ServerBudget server, RequestLimits limits) {
    this.server = server;
    this.limits = limits;
    this.fetches = new Semaphore(limits.fetchesMax(), true);
  }

  /** Counts one picture or video more. */
  public synchronized void takeItem() throws MediaRefused {
    if (items == limits.itemsMax()) {
      throw MediaRefused.tooLarge(
          "the request has more than " + limits.itemsMax() + " pictures and videos, the limit");
    }
    items++;
  }

  /** Takes room for encoded bytes. */
  public synchronized void takeBytes(long count) throws MediaRefused {
    checkOpen();
    if (bytes + count > limits.bytesMax()) {
      throw MediaRefused.tooLarge("pictures and videos of the request have more than "
          + limits.bytesMax() + " bytes together, the limit");
    }
    server.takeBytes(count);
    bytes += count;
  }

  /** Gives back room that {@link #takeBytes} took. */
  public synchronized void giveBytes(long count) {
    if (!closed) {
      bytes -= count;
      server.giveBytes(count);
    }
  }

  /** Counts pixels that will be decoded. */
  public synchronized void takePixels(long count) throws MediaRefused {
    checkOpen();
    if (pixels + count > limits.pixelsMax()) {
      throw MediaRefused.tooLarge("the pictures of the request have more than " + limits.pixelsMax()
          + " pixels together, the limit");
    }
    pixels += count;
  }

  private void checkOpen() throws MediaRefused {
    if (closed) {
      throw new MediaRefused(MediaRefused.Reason.CANCELLED, "the request has ended");
    }
  }

  /** Waits for a place among the fetches of the request and of the server, {@code atMost} so long. */
  void takeFetch(Duration atMost) throws MediaRefused, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    if (!fetches.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      throw busy();
    }
    boolean placed = false;
    try {
      placed =
          server.fetches().tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } finally {
      if (!placed) {
        fetches.release();
      }
    }
    if (!placed) {
      throw busy();
    }
  }

  /** Gives back the place that {@link #takeFetch} took. */
  void giveFetch() {
    server.fetches().release();
    fetches.release();
  }

  private static MediaRefused busy() {
    return new MediaRefused(
        MediaRefused.Reason.BUSY,
        "too many pictures and videos are being fetched; try again later");
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      server.giveBytes(bytes);
      bytes = 0;
    }
  }
}
