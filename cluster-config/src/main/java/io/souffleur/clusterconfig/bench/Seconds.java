package io.souffleur.clusterconfig.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What happened in each whole second since the first request was sent.
 *
 * @param tokens pieces of text that came in it: the first of an answer, and one per gap
 * @param requests requests that were alive in any part of it
 */
record Seconds(int[] tokens, int[] requests) {
  private static final double NANOS_PER_SECOND = 1e9;

  static Seconds of(List<Outcome> outcomes) {
    long first = outcomes.stream().mapToLong(Outcome::startNanos).min().orElse(0);
    double end = outcomes.stream()
        .mapToDouble(outcome -> outcome.startNanos() - first + outcome.latencyNanos())
        .max()
        .orElse(0);
    int count = (int) Math.ceil(end / NANOS_PER_SECOND) + 1;
    Seconds seconds = new Seconds(new int[count], new int[count]);
    outcomes.forEach(outcome -> seconds.add(outcome, outcome.startNanos() - first));
    return seconds;
  }

  private void add(Outcome outcome, double sinceFirstNanos) {
    if (outcome.ttftNanos() > 0) {
      double at = sinceFirstNanos + outcome.ttftNanos();
      count(at);
      for (double gap : outcome.gapNanos()) {
        at += gap;
        count(at);
      }
    }
    int last = (int) ((sinceFirstNanos + outcome.latencyNanos()) / NANOS_PER_SECOND);
    for (int second = (int) (sinceFirstNanos / NANOS_PER_SECOND);
        second <= Math.min(last, requests.length - 1);
        second++) {
      requests[second]++;
    }
  }

  private void count(double nanos) {
    int second = (int) (nanos / NANOS_PER_SECOND);
    if (second < tokens.length) {
      tokens[second]++;
    }
  }

  int peakTokens() {
    return Arrays.stream(tokens).max().orElse(0);
  }

  int peakRequests() {
    return Arrays.stream(requests).max().orElse(0);
  }
}
