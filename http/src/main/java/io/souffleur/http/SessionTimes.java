package io.souffleur.http;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.Usage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When and how things happened to one request, for metrics and the log. Owned by its session. */
final class SessionTimes {
  private static final Logger LOG = LoggerFactory.getLogger(SessionTimes.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanoClock;
  private final ServerMetrics metrics;
  private final long startNanos;
  private boolean started;
  private int cachedTokens;
  private long firstTokenNanos;
  private long lastTokenNanos;

  SessionTimes(LongSupplier nanoClock, ServerMetrics metrics) {
    this.nanoClock = nanoClock;
    this.metrics = metrics;
    this.startNanos = nanoClock.getAsLong();
  }

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /** Said with all tokens; the first time counts, because a resumed request finds its own prefix. */
  void onStarted(GenerationEvent.Start start) {
    if (!started) {
      started = true;
      cachedTokens = start.cachedTokens();
      metrics.onStarted(start.queuedNanos());
    }
  }

  /** @param resumes times that the request was submitted again */
  void onCached(int promptTokens, int resumes) {
    cachedTokens = resumes == 0 ? promptTokens : cachedTokens;
  }

  /** Prompt tokens that were not computed when the request was first submitted. */
  int cachedTokens() {
    return cachedTokens;
  }

  void onTokens(int count) {
    long now = nowNanos();
    if (firstTokenNanos == 0) {
      firstTokenNanos = now;
      metrics.onFirstTokens(count, now - startNanos);
    } else {
      metrics.onNextTokens(count, now - lastTokenNanos);
    }
    lastTokenNanos = now;
  }

  void onEnded(Usage usage, boolean whole) {
    metrics.onEnded(usage, nowNanos() - startNanos, whole);
  }

  /** One line for the log. */
  void report(RequestId id, String how, Usage usage) {
    LOG.info(
        "request {}: {} prompt tokens ({} cached), {} generated, first after {} ms, all after"
            + " {} ms, {}",
        id,
        usage.promptTokens(),
        usage.cachedTokens(),
        usage.completionTokens(),
        firstTokenNanos == 0 ? 0 : (firstTokenNanos - startNanos) / NANOS_PER_MILLI,
        (nowNanos() - startNanos) / NANOS_PER_MILLI,
        how);
  }
}
