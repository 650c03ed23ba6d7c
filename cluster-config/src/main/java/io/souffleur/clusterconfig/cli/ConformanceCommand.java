package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code souffleur conformance}: golden data against this build. */
@Command(
    name = "conformance",
    description = "Run golden folders and vector files against this build.",
    footer = {"", "Exit code 1 when a case fails."})
final class ConformanceCommand implements Callable<Integer> {
  private static final String NAME = "souffleur conformance";

  private final Actions.Conformance action;
  private final Terminal terminal;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders or files of golden data.")
  private List<Path> paths = List.of();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "Kernel set: auto, native or reference. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  ConformanceCommand(Actions.Conformance action, Terminal terminal) {
    this.action = action;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    LogLevel.set("WARN");
    return terminal.run(NAME, "", () -> action.run(paths, backend, terminal.out()));
  }
}
