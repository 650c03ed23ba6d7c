package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.clusterconfig.cli.ServingOptions;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The result as one line of JSON, with the keys of SGLang's client; and the name of its file. */
final class ServingRecord {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Python writes an infinite rate as {@code Infinity}, and its readers expect it. */
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

  private ServingRecord() {}

  static Path file(ServingOptions options, LocalDate day) {
    return options.output().file().orElseGet(() -> Path.of(name(options, day)));
  }

  private static String name(ServingOptions options, LocalDate day) {
    ServingOptions.Data data = options.data();
    String start = options.target().backend().label() + "_"
        + day.format(DateTimeFormatter.ofPattern("MMdd")) + "_" + data.prompts() + "_";
    return data.name().startsWith("random")
        ? start + data.random().inputTokens() + "_" + data.random().outputTokens() + ".jsonl"
        : start + data.name() + ".jsonl";
  }

  /** @param surroundings of the client */
  static String line(ServingRun run, Surroundings surroundings) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    asked(line, run);
    figures(line, run);
    line.put("failed", run.outcomes().size() - run.figures().completed());
    line.set("client", surroundings.json());
    ArrayNode flags = line.putArray("flags");
    run.options().output().words().forEach(flags::add);
    if (run.options().output().details()) {
      details(line, run);
    }
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree is always JSON", impossible);
    }
  }

  private static void asked(ObjectNode line, ServingRun run) {
    ServingOptions options = run.options();
    line.put("tag", options.output().tag().orElse(null));
    line.put("backend", run.backend());
    line.put("dataset_name", options.data().name());
    line.put("request_rate", options.load().requestsPerSecond());
    line.put("max_concurrency", boxed(options.load().concurrencyMax()));
    line.put("sharegpt_output_len", boxed(options.data().shareGptOutputTokens()));
    line.put("random_input_len", options.data().random().inputTokens());
    line.put("random_output_len", options.data().random().outputTokens());
    line.put("random_range_ratio", options.data().random().rangeRatio());
    JsonNode info = run.serverInfo();
    line.set("server_info", info.isMissingNode() ? JsonNodeFactory.instance.nullNode() : info);
  }

  private static void figures(ObjectNode line, ServingRun run) {
    ServingFigures figures = run.figures();
    line.put("duration", figures.durationSeconds());
    line.put("completed", figures.completed());
    line.put("total_input_tokens", figures.inputTokens());
    line.put("total_input_text_tokens", figures.inputTokens());
    line.put("total_input_vision_tokens", 0);
    line.put("total_output_tokens", figures.outputTokens());
    line.put("total_output_tokens_retokenized", figures.retokenizedTokens());
    line.put("request_throughput", figures.requestsPerSecond());
    line.put("input_throughput", figures.inputTokensPerSecond());
    line.put("output_throughput", figures.outputTokensPerSecond());
    line.put("total_throughput", figures.totalTokensPerSecond());
    spread(line, "e2e_latency_ms", figures.latencyMillis(), 90, 99);
    spread(line, "ttft_ms", figures.ttftMillis(), 99);
    spread(line, "tpot_ms", figures.tpotMillis(), 99);
    spread(line, "itl_ms", figures.gapMillis(), 95, 99);
    line.put("max_itl_ms", figures.gapMillis().max());
    line.put("concurrency", figures.concurrency());
    OptionalDouble accepted = run.acceptLength();
    line.put("accept_length", accepted.isPresent() ? (Double) accepted.getAsDouble() : null);
    line.put("max_output_tokens_per_s", figures.peakTokensPerSecond());
    line.put("max_concurrent_requests", figures.peakRequests());
  }

  private static void spread(ObjectNode line, String key, Percentiles samples, int... percents) {
    line.put("mean_" + key, samples.mean());
    line.put("median_" + key, samples.median());
    line.put("std_" + key, samples.deviation());
    for (int percent : percents) {
      line.put("p" + percent + "_" + key, samples.at(percent));
    }
  }

  private static Integer boxed(OptionalInt number) {
    return number.isPresent() ? (Integer) number.getAsInt() : null;
  }

  /** Times in seconds, one entry per request in the order of sending. */
  private static void details(ObjectNode line, ServingRun run) {
    ArrayNode inputs = line.putArray("input_lens");
    ArrayNode outputs = line.putArray("output_lens");
    ArrayNode ttfts = line.putArray("ttfts");
    ArrayNode gaps = line.putArray("itls");
    ArrayNode texts = line.putArray("generated_texts");
    ArrayNode errors = line.putArray("errors");
    for (Outcome outcome : run.outcomes()) {
      inputs.add(outcome.inputTokens());
      outputs.add(outcome.outputTokens());
      ttfts.add(outcome.ttftNanos() / NANOS_PER_SECOND);
      ArrayNode row = gaps.addArray();
      for (double gap : outcome.gapNanos()) {
        row.add(gap / NANOS_PER_SECOND);
      }
      texts.add(outcome.text());
      errors.add(outcome.error());
    }
  }

  /** Each distinct error with how often it came, the most frequent first. */
  static String errors(ServingRun run) {
    return run.outcomes().stream()
        .filter(outcome -> !outcome.succeeded())
        .collect(Collectors.groupingBy(Outcome::error, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
        .map(entry -> "  " + entry.getValue() + " × " + entry.getKey())
        .collect(Collectors.joining("\n"));
  }
}
