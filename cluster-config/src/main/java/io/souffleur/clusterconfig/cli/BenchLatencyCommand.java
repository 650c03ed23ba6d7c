package io.souffleur.clusterconfig.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code souffleur bench latency}: how fast the engine is on one batch, without HTTP. */
@Command(name = "latency", description = "Measure one batch on the engine, without HTTP.")
final class BenchLatencyCommand implements Callable<Integer> {
  private static final String NAME = "souffleur bench latency";
  private static final String USAGE = "usage: " + NAME
      + " [--batch-size N …] [--input-len N …] [--output-len N …] [--repeats N] [flag …]";

  private final Actions.Latency action;
  private final Terminal terminal;

  @Parameters(arity = "0..*", paramLabel = "flag")
  private final List<String> words = new ArrayList<>();

  BenchLatencyCommand(Actions.Latency action, Terminal terminal) {
    this.action = action;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (words.contains("--help") || words.contains("-h")) {
      terminal
          .out()
          .print(Help.text(
              USAGE,
              "Loads a model and times batches of equal requests: prompts of random tokens, greedy,"
                  + " no stop token. Several sizes are measured in every combination.",
              LatencyFlags.TABLE));
      return CommandTree.OK;
    }
    return terminal.run(NAME, USAGE, () -> {
      ParsedFlags flags = FlagParser.parse(LatencyFlags.TABLE, words);
      Launch launch = LaunchReader.read(flags);
      terminal.notices(NAME, launch.notices());
      LogLevel.set(flags.given("--log-level") ? launch.options().server().logLevel() : "WARN");
      return action.run(
          LatencyOptions.of(launch.options(), flags, words), terminal.out(), terminal.err());
    });
  }
}
