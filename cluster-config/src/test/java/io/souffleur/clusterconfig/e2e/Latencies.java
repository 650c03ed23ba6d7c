package io.souffleur.clusterconfig.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times of one kind, kept whole. Safe for any number of threads. */
final class Latencies {
  private final List<Double> millis = new ArrayList<>();

  synchronized void since(long startNanos) {
    millis.add((System.nanoTime() - startNanos) / 1e6);
  }

  /** The smallest time that so many percent do not pass; 0 without times. */
  synchronized double millisAt(double percent) {
    List<Double> sorted = millis.stream().sorted().toList();
    int rank = (int) Math.ceil(sorted.size() * percent / 100) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, rank));
  }

  @Override
  public synchronized String toString() {
    return String.format(
        Locale.ROOT,
        "%d times, p50 %.2f ms, p99 %.2f ms, most %.2f ms",
        millis.size(),
        millisAt(50),
        millisAt(99),
        millisAt(100));
  }
}
