package io.souffleur.clusterconfig.e2e;

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

  /** {@code kill -9} for the one rank there is. */
  static void killTheOne() {
    List<ProcessHandle> ranks = alive();
    if (ranks.size() != 1) {
      throw new AssertionError("expected one rank process, found " + ranks.size());
    }
    ranks.getFirst().destroyForcibly();
  }
}
