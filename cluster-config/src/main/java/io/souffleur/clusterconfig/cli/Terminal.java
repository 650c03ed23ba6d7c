package io.souffleur.clusterconfig.cli;

import java.io.PrintStream;
import java.util.List;

/** Where a command writes, and how it says that something is wrong. */
record Terminal(PrintStream out, PrintStream err) {

  /** What a command does once it may run. */
  @FunctionalInterface
  interface Body {
    int run() throws UsageError, LaunchError, InterruptedException;
  }

  /** Runs a body, and turns its errors into one line and an exit code. */
  int run(String command, String usage, Body body) {
    try {
      return body.run();
    } catch (UsageError e) {
      err.println(usage);
      err.println(command + ": error: " + e.getMessage());
      return CommandTree.MISREAD;
    } catch (LaunchError e) {
      err.println(command + ": error: " + e.getMessage());
      return CommandTree.FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println(command + ": interrupted");
      return CommandTree.FAILED;
    }
  }

  /** A bug: the trace is what its report needs. */
  int failed(String command, Exception problem) {
    err.println("souffleur " + command + ": failed: " + problem);
    problem.printStackTrace(err);
    return CommandTree.FAILED;
  }

  void notices(String command, List<String> lines) {
    lines.forEach(line -> err.println(command + ": " + line));
  }
}
