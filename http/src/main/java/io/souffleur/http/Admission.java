package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts requests in work and bytes of bodies being read, and refuses above the limits.
 *
 * <p>Safe for any number of threads. Each successful {@code enter} is paired with one {@code
 * leave}.
 */
final class Admission {
  private final int sessionsMax;
  private final long bodyBytesMax;
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicLong bodyBytes = new AtomicLong();

  Admission(int sessionsMax, long bodyBytesMax) {
    this.sessionsMax = sessionsMax;
    this.bodyBytesMax = bodyBytesMax;
  }

  /** @throws ApiException 429 when too many requests are in work */
  void enterSessions(int count) {
    if (sessions.addAndGet(count) > sessionsMax) {
      sessions.addAndGet(-count);
      throw ApiException.unavailable(
          429, "sessions-max = " + sessionsMax + " requests are in work; try again later");
    }
  }

  void leaveSessions(int count) {
    sessions.addAndGet(-count);
  }

  /** @throws ApiException 429 when too many bytes are being read */
  void enterBody(long bytes) {
    if (bodyBytes.addAndGet(bytes) > bodyBytesMax) {
      bodyBytes.addAndGet(-bytes);
      throw ApiException.unavailable(
          429,
          "bodies-bytes-max = " + bodyBytesMax
              + " bytes of requests are being read; try again later");
    }
  }

  void leaveBody(long bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  int sessions() {
    return sessions.get();
  }
}
