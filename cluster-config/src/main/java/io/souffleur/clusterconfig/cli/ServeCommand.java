package io.souffleur.clusterconfig.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code souffleur serve}: an HTTP server until it is told to stop. */
@Command(name = "serve", description = "Serve a model over HTTP; with no flags the embedded one.")
final class ServeCommand implements Callable<Integer> {
  private static final String NAME = "souffleur serve";
  private static final String USAGE = "usage: " + NAME + " [--model-path DIR] [--port N] [flag …]";

  private final Actions.Serve action;
  private final Terminal terminal;

  @Parameters(arity = "0..*", paramLabel = "flag")
  private final List<String> words = new ArrayList<>();

  ServeCommand(Actions.Serve action, Terminal terminal) {
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
              "Serves a model on http://127.0.0.1:30000, OpenAI-compatible. With no flags it is the"
                  + " embedded one.",
              FlagTable.SERVE));
      return CommandTree.OK;
    }
    return terminal.run(NAME, USAGE, () -> {
      Launch launch = LaunchReader.read(FlagParser.parse(FlagTable.SERVE, words));
      terminal.notices(NAME, launch.notices());
      LogLevel.set(launch.options().server().logLevel());
      return action.run(launch.options(), terminal.err());
    });
  }
}
