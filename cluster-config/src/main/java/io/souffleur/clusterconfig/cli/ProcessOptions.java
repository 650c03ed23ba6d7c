package io.souffleur.clusterconfig.cli;

import java.util.OptionalInt;

/**
 * Where a rank lives and what it computes with.
 *
 * @param isolation in a process of its own, or on a thread of this one
 * @param backend {@code auto}, {@code native} or {@code reference}
 * @param cpuThreads threads that compute a step; empty to take the machine's cores
 */
public record ProcessOptions(Isolation isolation, String backend, OptionalInt cpuThreads) {

  /** Where a rank lives. */
  public enum Isolation {
    PROCESS,
    THREAD
  }
}
