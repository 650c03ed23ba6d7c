package io.souffleur.clusterconfig.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The rank processes that this JVM has started. */
final class RankProcesses {
  private RankProcesses() {}

  /** A test starts no other JVM while a node runs; long command lines are not told by the system. */
  static List<ProcessHandle> alive() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(process ->
            process.info().command().map(command -> command.endsWith("java")).orElse(false))
        .toList();
  }

  /**
   * Those of them that run this main class by now. Before that a child is a copy of this process, whose
   * starting thread waits for it: stopping it there would stop the test.
   */
  static List<ProcessHandle> alive(Class<?> main) {
    return alive().stream()
        .filter(process -> {
          try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                .contains(main.getName());
          } catch (IOException gone) {
            return false;
          }
        })
        .toList();
  }

  static void signal(ProcessHandle process, String name) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
          .start()
          .waitFor();
    } catch (IOException | InterruptedException notSent) {
      throw new IllegalStateException(notSent);
    }
  }

  /** {@code kill -9} for the one rank there is. */
  static void killTheOne() {
    theOne().destroyForcibly();
  }

  /** Another signal for it, such as STOP and CONT. */
  static void signalTheOne(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(theOne().pid()))
        .inheritIO()
        .start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " ended with " + kill.exitValue());
    }
  }

  private static ProcessHandle theOne() {
    List<ProcessHandle> ranks = alive();
    if (ranks.size() != 1) {
      throw new AssertionError("expected one rank process, found " + ranks.size());
    }
    return ranks.getFirst();
  }
}
