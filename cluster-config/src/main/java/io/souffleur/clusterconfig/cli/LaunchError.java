package io.souffleur.clusterconfig.cli;

/** The values cannot be launched. Ends the command with one line and exit code 1. */
public final class LaunchError extends Exception {
  private static final long serialVersionUID = 1L;

  public LaunchError(String message) {
    super(message);
  }
}
