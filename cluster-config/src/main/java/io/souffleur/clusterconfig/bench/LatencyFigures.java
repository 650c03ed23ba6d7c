package io.souffleur.clusterconfig.bench;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * The figures of one run of a batch.
 *
 * <p>Decoding is timed only while the whole batch decodes: from the last first token to the first last
 * token. In that window each request contributes its gaps between tokens, so that steps which mixed
 * prompts in, or ran with part of the batch, do not count.
 *
 * @param ttftMillis submit of the batch to the first token of its last request
 * @param prefillTokensPerSecond prompt tokens of the batch over that time
 * @param tpotMillis median over requests of their mean gap in the window; NaN when some request has no
 *     gap there
 * @param decodeTokensPerSecond sum over requests of gaps over time in the window; NaN likewise
 * @param latencyMillis submit of the batch to its last token
 */
record LatencyFigures(
    double ttftMillis,
    double prefillTokensPerSecond,
    double tpotMillis,
    double decodeTokensPerSecond,
    double latencyMillis) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  /** @param inputTokens prompt tokens of each request */
  static LatencyFigures of(BatchTimes times, int inputTokens) {
    long[][] arrivals = times.arrivals();
    double ttft = times.promptsDoneNanos() - times.startNanos();
    double[] gapNanos = new double[arrivals.length];
    double decodeRate = 0;
    boolean whole = true;
    for (int request = 0; request < arrivals.length; request++) {
      gapNanos[request] = meanGapNanos(arrivals[request], times);
      whole &= gapNanos[request] > 0;
      decodeRate += NANOS_PER_SECOND / gapNanos[request];
    }
    return new LatencyFigures(
        ttft / NANOS_PER_MILLI,
        (double) inputTokens * arrivals.length * NANOS_PER_SECOND / ttft,
        whole ? Percentiles.of(gapNanos).median() / NANOS_PER_MILLI : Double.NaN,
        whole ? decodeRate : Double.NaN,
        (times.endNanos() - times.startNanos()) / NANOS_PER_MILLI);
  }

  /** 0 when there is no gap in the window. */
  private static double meanGapNanos(long[] row, BatchTimes times) {
    int first = 0;
    while (first < row.length - 1 && row[first] < times.promptsDoneNanos()) {
      first++;
    }
    int last = row.length - 1;
    while (last > first && row[last] > times.wholeUntilNanos()) {
      last--;
    }
    return last == first ? 0 : (double) (row[last] - row[first]) / (last - first);
  }

  /** The median of each figure by itself, over the runs that have it. */
  static LatencyFigures medians(LatencyFigures[] runs) {
    return new LatencyFigures(
        median(runs, LatencyFigures::ttftMillis),
        median(runs, LatencyFigures::prefillTokensPerSecond),
        median(runs, LatencyFigures::tpotMillis),
        median(runs, LatencyFigures::decodeTokensPerSecond),
        median(runs, LatencyFigures::latencyMillis));
  }

  private static double median(LatencyFigures[] runs, ToDoubleFunction<LatencyFigures> figure) {
    double[] known = Arrays.stream(runs)
        .mapToDouble(figure)
        .filter(value -> !Double.isNaN(value))
        .toArray();
    return known.length == 0 ? Double.NaN : Percentiles.of(known).median();
  }
}
