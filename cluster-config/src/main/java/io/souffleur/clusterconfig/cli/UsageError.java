package io.souffleur.clusterconfig.cli;

/** The command line cannot be read. Ends the command with one line, a usage line and exit code 2. */
public final class UsageError extends Exception {
  private static final long serialVersionUID = 1L;

  public UsageError(String message) {
    super(message);
  }
}
