package io.souffleur.clusterconfig.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a rank lives and what it computes with.
 *
 * @param isolation in a process of its own, or on a thread of this one
 * @param backend {@code auto}, {@code native} or {@code reference}
 * @param cpuThreads threads that compute a step; empty to take the machine's cores
 * @param stepDeadline how long a step may last before its rank counts as hung; empty to leave it to the
 *     configuration
 */
public record ProcessOptions(
    Isolation isolation, String backend, OptionalInt cpuThreads, Optional<Duration> stepDeadline) {

  /** Where a rank lives. */
  public enum Isolation {
    PROCESS,
    THREAD
  }
}
