package io.souffleur.clusterconfig.bench;

/**
 * When the tokens of one batch came.
 *
 * @param startNanos when the first request was submitted
 * @param arrivals {@code [request][token]}, on the clock of {@code startNanos}; every row ascends and
 *     has an entry
 */
record BatchTimes(long startNanos, long[][] arrivals) {

  /** When the last request had its first token: the prompts are computed. */
  long promptsDoneNanos() {
    long latest = Long.MIN_VALUE;
    for (long[] row : arrivals) {
      latest = Math.max(latest, row[0]);
    }
    return latest;
  }

  /** When the first request was complete: the batch is no longer whole. */
  long wholeUntilNanos() {
    long earliest = Long.MAX_VALUE;
    for (long[] row : arrivals) {
      earliest = Math.min(earliest, row[row.length - 1]);
    }
    return earliest;
  }

  long endNanos() {
    long latest = Long.MIN_VALUE;
    for (long[] row : arrivals) {
      latest = Math.max(latest, row[row.length - 1]);
    }
    return latest;
  }
}
