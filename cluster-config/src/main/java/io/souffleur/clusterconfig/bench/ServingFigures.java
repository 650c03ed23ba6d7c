package io.souffleur.clusterconfig.bench;

import io.souffleur.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a run, as SGLang's client defines them: see {@code docs/bench.md}. Failed requests
 * count in none of them.
 *
 * @param completed requests that succeeded
 * @param durationSeconds first request sent to all done
 * @param inputTokens lengths of the prompts as asked for
 * @param outputTokens as the server counted
 * @param retokenizedTokens tokens of the texts that came, counted here
 * @param peakTokensPerSecond most pieces of text in one of the seconds since the first start
 * @param peakRequests most requests alive in one of them
 * @param concurrency sum of latencies over the duration
 * @param latencyMillis send to last byte
 * @param ttftMillis send to first text
 * @param tpotMillis rest of the latency over the tokens behind the first, of requests that have any
 * @param gapMillis between tokens
 */
record ServingFigures(
    int completed,
    double durationSeconds,
    long inputTokens,
    long outputTokens,
    long retokenizedTokens,
    double peakTokensPerSecond,
    int peakRequests,
    double concurrency,
    Percentiles latencyMillis,
    Percentiles ttftMillis,
    Percentiles tpotMillis,
    Percentiles gapMillis) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  static ServingFigures of(List<Outcome> outcomes, double durationSeconds, Tokenizer tokenizer) {
    List<Outcome> good = outcomes.stream().filter(Outcome::succeeded).toList();
    Seconds seconds = Seconds.of(good);
    double latencyNanos = good.stream().mapToDouble(Outcome::latencyNanos).sum();
    return new ServingFigures(
        good.size(),
        durationSeconds,
        good.stream().mapToLong(Outcome::inputTokens).sum(),
        good.stream().mapToLong(Outcome::outputTokens).sum(),
        good.stream()
            .mapToLong(outcome -> tokenizer.encode(outcome.text()).length)
            .sum(),
        seconds.peakTokens(),
        seconds.peakRequests(),
        latencyNanos / NANOS_PER_SECOND / durationSeconds,
        millis(good, Outcome::latencyNanos),
        millis(good, Outcome::ttftNanos),
        millis(
            good.stream().filter(outcome -> outcome.outputTokens() > 1).toList(),
            outcome ->
                (outcome.latencyNanos() - outcome.ttftNanos()) / (outcome.outputTokens() - 1)),
        Percentiles.of(good.stream()
            .flatMapToDouble(outcome -> Arrays.stream(outcome.gapNanos()))
            .map(nanos -> nanos / NANOS_PER_MILLI)
            .toArray()));
  }

  private static Percentiles millis(List<Outcome> outcomes, ToDoubleFunction<Outcome> nanos) {
    return Percentiles.of(outcomes.stream()
        .mapToDouble(nanos)
        .map(value -> value / NANOS_PER_MILLI)
        .toArray());
  }

  double requestsPerSecond() {
    return completed / durationSeconds;
  }

  double inputTokensPerSecond() {
    return inputTokens / durationSeconds;
  }

  double outputTokensPerSecond() {
    return outputTokens / durationSeconds;
  }

  double totalTokensPerSecond() {
    return (inputTokens + outputTokens) / durationSeconds;
  }
}
