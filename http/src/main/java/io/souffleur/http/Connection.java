package io.souffleur.http;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.pekko.stream.KillSwitch;

/**
 * One client connection: which requests of it are in work, and since when none is.
 *
 * <p>A client that closes its side leaves all of its requests. Safe for any number of threads.
 */
final class Connection {
  private final LongSupplier nanoClock;
  private final Set<Exchange> open = new HashSet<>();
  private KillSwitch killSwitch;
  private boolean closed;
  private long idleSinceNanos;

  Connection(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.idleSinceNanos = nanoClock.getAsLong();
  }

  synchronized void closedBy(KillSwitch ofStream) {
    this.killSwitch = ofStream;
  }

  /** A request came; until it is over the connection is not idle. */
  void began(Exchange exchange) {
    boolean tooLate;
    synchronized (this) {
      open.add(exchange);
      tooLate = closed;
    }
    exchange.over().whenComplete((ended, failure) -> ended(exchange));
    if (tooLate) {
      exchange.clientLeft();
    }
  }

  /** The client closed its side, or the connection broke. */
  void ended() {
    Set<Exchange> left;
    synchronized (this) {
      closed = true;
      left = Set.copyOf(open);
    }
    left.forEach(Exchange::clientLeft);
  }

  /** Closes the connection if no request is in work for {@code timeoutNanos}. */
  void closeIfIdle(long timeoutNanos) {
    boolean idle;
    synchronized (this) {
      idle = open.isEmpty() && nanoClock.getAsLong() - idleSinceNanos > timeoutNanos;
    }
    if (idle) {
      close();
    }
  }

  void close() {
    KillSwitch ofStream;
    synchronized (this) {
      ofStream = killSwitch;
    }
    if (ofStream != null) {
      ofStream.shutdown();
    }
  }

  private synchronized void ended(Exchange exchange) {
    open.remove(exchange);
    idleSinceNanos = nanoClock.getAsLong();
  }
}
