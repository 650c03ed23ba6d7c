package io.souffleur.multimodal.source;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The end of a fetch's time: closes whatever socket the fetch holds then.
 *
 * <p>A timeout on each read is not enough: a server that sends a byte of a TLS record every second never
 * lets one run out. Closing the socket ends any read.
 */
final class FetchDeadline implements AutoCloseable {
  private final long endNanos;
  private final ScheduledFuture<?> alarm;
  private Socket socket;
  private boolean over;

  FetchDeadline(Duration whole, ScheduledExecutorService clock) {
    this.endNanos = System.nanoTime() + whole.toNanos();
    this.alarm = clock.schedule(this::ring, whole.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void ring() {
    over = true;
    closeSocket();
  }

  /** From now on {@code next} is what the fetch holds. */
  synchronized void watch(Socket next) throws MediaRefused {
    socket = next;
    if (over) {
      closeSocket();
      throw timeout();
    }
  }

  private void closeSocket() {
    if (socket == null) {
      return;
    }
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      return;
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  /** Milliseconds left, at most {@code most}, at least 1: zero would mean for ever. */
  int millisLeft(Duration most) {
    long left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
    return (int) Math.clamp(left, 1, Math.min(most.toMillis(), Integer.MAX_VALUE));
  }

  static MediaRefused timeout() {
    return new MediaRefused(
        MediaRefused.Reason.TIMEOUT, "fetching took longer than this server waits");
  }

  @Override
  public void close() {
    alarm.cancel(false);
  }
}
