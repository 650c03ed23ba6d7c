package io.souffleur.clusterconfig.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code souffleur version}: the version of this build and of its JVM. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  private static final String FILE = "/io/souffleur/version.properties";

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal
        .out()
        .println("souffleur " + version() + " (Java " + Runtime.version() + ", "
            + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")");
    return CommandTree.OK;
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = VersionCommand.class.getResourceAsStream(FILE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
    return properties.getProperty("version");
  }
}
