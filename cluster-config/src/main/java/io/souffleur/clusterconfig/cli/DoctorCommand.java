package io.souffleur.clusterconfig.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code souffleur doctor}: what this machine has, and what a launch would do with it. */
@Command(name = "doctor", description = "Say what this machine has and what a launch would use.")
final class DoctorCommand implements Callable<Integer> {
  private static final String NAME = "souffleur doctor";
  private static final String USAGE = "usage: " + NAME + " [--model-path DIR] [flag …]";

  private final Actions.Doctor action;
  private final Terminal terminal;

  @Parameters(arity = "0..*", paramLabel = "flag")
  private final List<String> words = new ArrayList<>();

  DoctorCommand(Actions.Doctor action, Terminal terminal) {
    this.action = action;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (words.contains("--help") || words.contains("-h")) {
      terminal.out().println(USAGE);
      terminal.out().println();
      terminal
          .out()
          .println("Shows JDK, CPU, kernel set, memory and GPU, and the memory plan of a"
              + " launch with the same flags.");
      return CommandTree.OK;
    }
    return terminal.run(NAME, USAGE, () -> {
      Launch launch = LaunchReader.read(FlagParser.parse(FlagTable.SERVE, words));
      terminal.notices(NAME, launch.notices());
      LogLevel.set("WARN");
      return action.run(launch.options(), terminal.out());
    });
  }
}
