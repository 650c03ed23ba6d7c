package io.souffleur.clusterconfig.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What the commands do, given by the composition root. Each runs on the main thread until it is
 * done and returns the exit code.
 */
public record Actions(
    Serve serve,
    Generate generate,
    Doctor doctor,
    Conformance conformance,
    Latency latency,
    Serving serving) {
  /** Loads, serves until told to stop. */
  @FunctionalInterface
  public interface Serve {
    int run(LaunchOptions options, PrintStream err) throws LaunchError, InterruptedException;
  }

  /** Loads, answers one prompt on {@code out}. */
  @FunctionalInterface
  public interface Generate {
    int run(LaunchOptions options, Prompt prompt, PrintStream out, PrintStream err)
        throws LaunchError, InterruptedException;
  }

  /** Says what this machine has and what a launch with these options would do. */
  @FunctionalInterface
  public interface Doctor {
    int run(LaunchOptions options, PrintStream out) throws LaunchError;
  }

  /** Runs golden folders and vector files; 1 when a case fails. */
  @FunctionalInterface
  public interface Conformance {
    int run(List<Path> paths, String backend, PrintStream out) throws LaunchError;
  }

  /** Loads, measures batches without HTTP, prints a table on {@code out}. */
  @FunctionalInterface
  public interface Latency {
    int run(LatencyOptions options, PrintStream out, PrintStream err)
        throws LaunchError, InterruptedException;
  }

  /** Sends requests to a server, prints what they met with on {@code out}. */
  @FunctionalInterface
  public interface Serving {
    int run(ServingOptions options, PrintStream out, PrintStream err)
        throws LaunchError, InterruptedException;
  }
}
