package io.souffleur.clusterconfig.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code souffleur bench serving}: what the clients of a server meet with. */
@Command(name = "serving", description = "Measure a server over HTTP, as its clients see it.")
final class BenchServingCommand implements Callable<Integer> {
  private static final String NAME = "souffleur bench serving";
  private static final String USAGE = "usage: " + NAME
      + " [--backend NAME] [--base-url URL] [--preset NAME] [--num-prompts N] [flag …]";

  private final Actions.Serving action;
  private final Terminal terminal;

  @Parameters(arity = "0..*", paramLabel = "flag")
  private final List<String> words = new ArrayList<>();

  BenchServingCommand(Actions.Serving action, Terminal terminal) {
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
              "Sends requests to a server that runs, Souffleur or another, and prints throughput and"
                  + " latencies. Exit code 1 when no request succeeded.",
              ServingFlags.TABLE,
              "docs/bench.md"));
      return CommandTree.OK;
    }
    return terminal.run(NAME, USAGE, () -> {
      ParsedFlags flags = FlagParser.parse(ServingFlags.TABLE, words);
      terminal.notices(NAME, flags.notices());
      LogLevel.set("WARN");
      return action.run(ServingReader.read(flags, words), terminal.out(), terminal.err());
    });
  }
}
