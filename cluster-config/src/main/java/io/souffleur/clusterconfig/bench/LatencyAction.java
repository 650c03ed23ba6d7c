package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.CommandTree;
import io.souffleur.clusterconfig.cli.LatencyOptions;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Loads an engine, runs every batch asked for, prints a row and appends a JSON line for each. */
public final class LatencyAction {
  private static final double NANOS_PER_SECOND = 1e9;

  private LatencyAction() {}

  public static int run(LatencyOptions options, PrintStream out, PrintStream err)
      throws LaunchError, InterruptedException {
    Surroundings surroundings = Surroundings.here();
    long loadStart = System.nanoTime();
    try (RunningNode node = RunningNode.quiet(options.launch(), err)) {
      double loadSeconds = (System.nanoTime() - loadStart) / NANOS_PER_SECOND;
      List<BatchShape> shapes = shapes(options);
      for (BatchShape shape : shapes) {
        shape.check(node.client().model().contextTokens());
      }
      LatencyReport report = new LatencyReport(options, surroundings, node.model(), loadSeconds);
      report.head(out);
      for (BatchShape shape : shapes) {
        LatencyFigures[] runs = measure(node, shape, options, err);
        report.row(shape, runs, out, err);
      }
    } catch (IOException unwritable) {
      throw new LaunchError("--result-filename " + options.result() + " cannot be written: "
          + unwritable.getMessage());
    }
    return CommandTree.OK;
  }

  private static List<BatchShape> shapes(LatencyOptions options) {
    List<BatchShape> shapes = new ArrayList<>();
    for (int batch : options.batchSizes()) {
      for (int input : options.inputTokens()) {
        for (int output : options.outputTokens()) {
          shapes.add(new BatchShape(batch, input, output));
        }
      }
    }
    return shapes;
  }

  private static LatencyFigures[] measure(
      RunningNode node, BatchShape shape, LatencyOptions options, PrintStream err)
      throws LaunchError, InterruptedException {
    EngineBatch batch = new EngineBatch(node, shape, options.seed());
    int rounds = options.warmups() + options.repeats();
    LatencyFigures[] runs = new LatencyFigures[options.repeats()];
    try (ProgressBar bar = new ProgressBar(shape.text(), rounds, err)) {
      for (int round = 0; round < rounds; round++) {
        BatchTimes times = batch.run(round);
        if (round >= options.warmups()) {
          runs[round - options.warmups()] = LatencyFigures.of(times, shape.inputTokens());
        }
        bar.advance();
      }
    }
    return runs;
  }
}
