package io.souffleur.clusterconfig.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code souffleur bench}: the house of the measuring commands; does nothing by itself. */
@Command(
    name = "bench",
    description = "Measure an engine or a server.",
    footer = {"", "One command with --help shows its flags."})
final class BenchCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(terminal.err());
    return CommandTree.MISREAD;
  }
}
