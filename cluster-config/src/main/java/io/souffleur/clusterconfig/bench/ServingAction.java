package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.clusterconfig.cli.CommandTree;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.tokenizer.TextAssets;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Waits for a server, warms it up, sends the load, prints and writes the result. */
public final class ServingAction {
  private static final int WARMUP_OUTPUT_TOKENS_MAX = 32;
  private static final long PAUSE_MILLIS = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private final ServingOptions options;
  private final ServerClient client;
  private final PrintStream out;
  private final PrintStream err;

  private ServingAction(
      ServingOptions options, ServerClient client, PrintStream out, PrintStream err) {
    this.options = options;
    this.client = client;
    this.out = out;
    this.err = err;
  }

  /** The exit code is 1 when no request succeeded. */
  public static int run(ServingOptions options, PrintStream out, PrintStream err)
      throws LaunchError, InterruptedException {
    try (ServerClient client = new ServerClient(options.target())) {
      return new ServingAction(options, client, out, err).run();
    }
  }

  private int run() throws LaunchError, InterruptedException {
    client.check();
    Surroundings surroundings = Surroundings.here();
    JsonNode models = client.awaitModels();
    String model =
        options.target().model().orElse(models.path("data").path(0).path("id").asText());
    if (model.isBlank()) {
      throw new LaunchError("the server lists no model; name one with --model");
    }
    TextAssets text =
        new ServedText(options.target(), model).load(client.question("/model_info"), models);
    NumpyRandom numpy = new NumpyRandom(options.data().seed());
    Prompts prompts = Prompts.make(options.data(), text, numpy);
    announce(prompts, model);
    String servedModel = options.target().servedName().orElse(model);
    warmUp(prompts.requests().getFirst(), servedModel);
    ServingRun run = send(prompts.requests(), servedModel, numpy, text);
    report(run, surroundings);
    return run.figures().completed() > 0 ? CommandTree.OK : CommandTree.FAILED;
  }

  private void announce(Prompts prompts, String model) {
    out.println("model: " + model + " at " + options.target().baseUrl());
    if (!prompts.source().isEmpty()) {
      out.println(prompts.source());
    }
    if (prompts.requests().size() < options.data().prompts()
        && options.data().name().equals("sharegpt")) {
      out.println("the file has only " + prompts.requests().size() + " prompts that fit");
    }
    out.println("#Input tokens: " + prompts.inputTokens());
    out.println("#Output tokens: " + prompts.outputTokens());
  }

  private void warmUp(BenchRequest first, String model) throws LaunchError, InterruptedException {
    BenchRequest cut = first.withOutput(Math.min(first.outputTokens(), WARMUP_OUTPUT_TOKENS_MAX));
    for (int i = 0; i < options.load().warmups(); i++) {
      Outcome outcome = client.send(cut, model);
      if (!outcome.succeeded()) {
        throw new LaunchError("a warm-up request failed: " + outcome.error());
      }
    }
    if (options.load().flushesCache() && !client.flushCache()) {
      err.println("the server did not flush its cache; what it cached stays");
    }
    Thread.sleep(PAUSE_MILLIS);
  }

  private ServingRun send(
      List<BenchRequest> requests, String model, NumpyRandom numpy, TextAssets text)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    List<Outcome> outcomes;
    try (ProgressBar bar = new ProgressBar("requests", requests.size(), err)) {
      LoadRun load = new LoadRun(requests, request -> client.send(request, model), listener(bar));
      outcomes = load.run(options.load(), numpy);
    }
    JsonNode serverInfo = client.question("/server_info");
    double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
    ServingFigures figures = ServingFigures.of(outcomes, seconds, text.tokenizer());
    return new ServingRun(options, outcomes, figures, serverInfo);
  }

  private Consumer<Outcome> listener(ProgressBar bar) {
    return outcome -> {
      if (options.output().printsRequests()) {
        out.println(text(outcome));
      }
      if (options.output().bar()) {
        bar.onOutcome(outcome.succeeded());
      }
    };
  }

  private static String text(Outcome outcome) {
    return outcome.succeeded()
        ? String.format(
            Locale.ROOT,
            "request: %d in, %d out, first token %.1f ms, whole %.1f ms",
            outcome.inputTokens(),
            outcome.outputTokens(),
            outcome.ttftNanos() / NANOS_PER_MILLI,
            outcome.latencyNanos() / NANOS_PER_MILLI)
        : "request failed: " + outcome.error();
  }

  private void report(ServingRun run, Surroundings surroundings) throws LaunchError {
    out.print(ServingText.of(run));
    int failed = run.outcomes().size() - run.figures().completed();
    if (failed > 0) {
      out.println("Failed requests: " + failed + " of " + run.outcomes().size());
      out.println(ServingRecord.errors(run));
    }
    out.flush();
    Path file = ServingRecord.file(options, LocalDate.now());
    try {
      Files.writeString(
          file,
          ServingRecord.line(run, surroundings) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException unwritable) {
      throw new LaunchError(
          "--output-file " + file + " cannot be written: " + unwritable.getMessage());
    }
  }
}
