package io.souffleur.shard;

/** Exit codes of a rank process, beside those of signals (128 + number). */
public final class RankExitCode {
  /** The front went away or closed the pipe: a clean end. */
  public static final int ORPHANED = 0;

  /** A step or the loop failed; a successor may do better. */
  public static final int FAILED = 70;

  /** The driver of the front cannot be reached; a successor may do better. */
  public static final int NO_FRONT = 75;

  /** Loading was refused (missing weights, wrong sizes, missing kernels): trying again is useless. */
  public static final int REFUSED = 78;

  private RankExitCode() {}
}
