package io.souffleur.clusterconfig.bench;

import java.util.Locale;

/** The printed result, line for line as readers of SGLang's client know it. */
final class ServingText {
  private static final int COLUMNS = 50;

  private final StringBuilder text = new StringBuilder();

  private ServingText() {}

  static String of(ServingRun run) {
    ServingText page = new ServingText();
    page.text.append('\n');
    page.title(" Serving Benchmark Result ", '=');
    page.load(run);
    page.latency(run.figures().latencyMillis());
    page.ttft(run.figures().ttftMillis());
    page.tpot(run.figures().tpotMillis());
    page.gaps(run.figures().gapMillis());
    page.text.repeat('=', COLUMNS).append('\n');
    return page.text.toString();
  }

  private void load(ServingRun run) {
    ServingFigures figures = run.figures();
    line("Backend:", run.backend());
    double rate = run.options().load().requestsPerSecond();
    line("Traffic request rate:", Double.isInfinite(rate) ? "inf" : Double.toString(rate));
    line("Max request concurrency:", run.concurrencyMax());
    line("Successful requests:", Integer.toString(figures.completed()));
    line("Benchmark duration (s):", figures.durationSeconds());
    line("Total input tokens:", Long.toString(figures.inputTokens()));
    line("Total input text tokens:", Long.toString(figures.inputTokens()));
    line("Total generated tokens:", Long.toString(figures.outputTokens()));
    line("Total generated tokens (retokenized):", Long.toString(figures.retokenizedTokens()));
    line("Request throughput (req/s):", figures.requestsPerSecond());
    line("Input token throughput (tok/s):", figures.inputTokensPerSecond());
    line("Output token throughput (tok/s):", figures.outputTokensPerSecond());
    line("Peak output token throughput (tok/s):", figures.peakTokensPerSecond());
    line("Peak concurrent requests:", Integer.toString(figures.peakRequests()));
    line("Total token throughput (tok/s):", figures.totalTokensPerSecond());
    line("Concurrency:", figures.concurrency());
    run.acceptLength().ifPresent(length -> line("Accept length:", length));
  }

  private void latency(Percentiles millis) {
    title("End-to-End Latency", '-');
    line("Mean E2E Latency (ms):", millis.mean());
    line("Median E2E Latency (ms):", millis.median());
    line("P90 E2E Latency (ms):", millis.at(90));
    line("P99 E2E Latency (ms):", millis.at(99));
  }

  private void ttft(Percentiles millis) {
    title("Time to First Token", '-');
    line("Mean TTFT (ms):", millis.mean());
    line("Median TTFT (ms):", millis.median());
    line("P99 TTFT (ms):", millis.at(99));
  }

  private void tpot(Percentiles millis) {
    title("Time per Output Token (excl. 1st token)", '-');
    line("Mean TPOT (ms):", millis.mean());
    line("Median TPOT (ms):", millis.median());
    line("P99 TPOT (ms):", millis.at(99));
  }

  private void gaps(Percentiles millis) {
    title("Inter-Token Latency", '-');
    line("Mean ITL (ms):", millis.mean());
    line("Median ITL (ms):", millis.median());
    line("P95 ITL (ms):", millis.at(95));
    line("P99 ITL (ms):", millis.at(99));
    line("Max ITL (ms):", millis.max());
  }

  /** Centred; an odd column goes to the right. */
  private void title(String words, char filler) {
    int left = (COLUMNS - words.length()) / 2;
    text.repeat(filler, left)
        .append(words)
        .repeat(filler, COLUMNS - left - words.length())
        .append('\n');
  }

  private void line(String label, double figure) {
    line(label, String.format(Locale.ROOT, "%.2f", figure));
  }

  private void line(String label, String value) {
    text.append(String.format(Locale.ROOT, "%-40s %-10s%n", label, value));
  }
}
