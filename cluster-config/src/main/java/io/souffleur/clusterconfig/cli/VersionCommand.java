package io.souffleur.clusterconfig.cli;

import io.souffleur.clusterconfig.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code souffleur version}: the version of this build and of its JVM. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal
        .out()
        .println("souffleur " + Version.text() + " (Java " + Runtime.version() + ", "
            + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")");
    return CommandTree.OK;
  }
}
