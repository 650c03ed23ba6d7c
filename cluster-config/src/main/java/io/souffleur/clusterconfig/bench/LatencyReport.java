package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.clusterconfig.cli.LatencyOptions;
import io.souffleur.clusterconfig.cli.ProcessOptions;
import io.souffleur.clusterconfig.launch.ServedModel;
import io.souffleur.kernels.KernelProviders;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The table and the result file of {@code bench latency}. Used by the main thread. */
final class LatencyReport {
  private static final String HEAD = "%6s %7s %7s %10s %14s %9s %13s %11s%n";
  private static final String ROW = "%6d %7d %7d %10.2f %14.1f %9s %13s %11.3f%n";
  private static final double MILLIS_PER_SECOND = 1e3;

  private final LatencyOptions options;
  private final String kernelSet;
  private final int threads;
  private final ObjectNode engine;

  /** @param loadSeconds from the command's start to an engine that is ready */
  LatencyReport(
      LatencyOptions options, Surroundings surroundings, ServedModel model, double loadSeconds) {
    this.options = options;
    ProcessOptions process = options.launch().process();
    this.kernelSet = KernelProviders.choose(process.backend()).name();
    this.threads = process.cpuThreads().orElseGet(Runtime.getRuntime()::availableProcessors);
    this.engine = surroundings.json();
    engine.put("model", model.card().servedName());
    engine.put("compute_type", model.summary().computeType().name().toLowerCase(Locale.ROOT));
    engine.put("load_format", model.format().name().toLowerCase(Locale.ROOT));
    engine.put("weight_bytes", model.summary().weightBytes());
    engine.put("kernel_set", kernelSet);
    engine.put("threads", threads);
    engine.put("isolation", isolation());
    engine.put("load_s", loadSeconds);
  }

  private String isolation() {
    return options.launch().process().isolation().name().toLowerCase(Locale.ROOT);
  }

  void head(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%s, %s, kernels %s, %d threads, isolation %s, loaded in %.1f s; medians of %d runs%n",
        engine.path("model").asText(),
        engine.path("compute_type").asText(),
        kernelSet,
        threads,
        isolation(),
        engine.path("load_s").asDouble(),
        options.repeats());
    out.printf(
        Locale.ROOT,
        HEAD,
        "batch",
        "input",
        "output",
        "TTFT ms",
        "prefill tok/s",
        "TPOT ms",
        "decode tok/s",
        "latency s");
  }

  /** @throws IOException when the result file cannot be written */
  void row(BatchShape shape, LatencyFigures[] runs, PrintStream out, PrintStream err)
      throws IOException {
    LatencyFigures median = LatencyFigures.medians(runs);
    out.printf(
        Locale.ROOT,
        ROW,
        shape.batch(),
        shape.inputTokens(),
        shape.outputTokens(),
        median.ttftMillis(),
        median.prefillTokensPerSecond(),
        text("%.3f", median.tpotMillis()),
        text("%.1f", median.decodeTokensPerSecond()),
        median.latencyMillis() / MILLIS_PER_SECOND);
    out.flush();
    if (Double.isNaN(median.tpotMillis())) {
      err.println("the " + shape.batch() + " requests of " + shape.text()
          + " never decoded all at once, so there are no figures of decoding; give a larger"
          + " --output-len, or a --max-running-requests of at least " + shape.batch());
    }
    Files.writeString(
        options.result(),
        json(shape, runs, median) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static String text(String form, double figure) {
    return Double.isNaN(figure) ? "-" : String.format(Locale.ROOT, form, figure);
  }

  private ObjectNode json(BatchShape shape, LatencyFigures[] runs, LatencyFigures median) {
    ObjectNode line = engine.deepCopy();
    line.put("run_name", options.runName());
    line.put("batch_size", shape.batch());
    line.put("input_len", shape.inputTokens());
    line.put("output_len", shape.outputTokens());
    line.put("repeats", runs.length);
    line.put("warmup", options.warmups());
    line.put("ttft_ms", median.ttftMillis());
    line.put("prefill_throughput", median.prefillTokensPerSecond());
    line.put("tpot_ms", known(median.tpotMillis()));
    line.put("decode_throughput", known(median.decodeTokensPerSecond()));
    line.put("latency_s", median.latencyMillis() / MILLIS_PER_SECOND);
    samples(line, "ttft_ms_runs", runs, LatencyFigures::ttftMillis);
    samples(line, "tpot_ms_runs", runs, LatencyFigures::tpotMillis);
    ArrayNode flags = line.putArray("flags");
    options.words().forEach(flags::add);
    return line;
  }

  private static void samples(
      ObjectNode line,
      String name,
      LatencyFigures[] runs,
      ToDoubleFunction<LatencyFigures> figure) {
    ArrayNode array = line.putArray(name);
    for (LatencyFigures run : runs) {
      array.add(known(figure.applyAsDouble(run)));
    }
  }

  /** JSON has no NaN: what is not known is null. */
  private static Double known(double figure) {
    return Double.isNaN(figure) ? null : figure;
  }
}
