package io.souffleur.actors;

import io.souffleur.shard.RankExitCode;

/**
 * How a rank's process ended.
 *
 * @param code exit code, or 128 + the number of the signal that killed it
 * @param outOfMemory the kernel's out-of-memory killer was active meanwhile
 */
record RankExit(int code, boolean outOfMemory) {
  private static final int SIGNAL_BASE = 128;
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;

  /** Loading was refused by the rank itself; another try cannot help. */
  boolean refused() {
    return code == RankExitCode.REFUSED;
  }

  /** Whether the rank, and so perhaps a request, brought this about; a kill from outside does not. */
  boolean selfInflicted() {
    return outOfMemory
        || (code != SIGNAL_BASE + SIGKILL
            && code != SIGNAL_BASE + SIGTERM
            && code != RankExitCode.ORPHANED
            && code != RankExitCode.NO_FRONT);
  }

  @Override
  public String toString() {
    String how = code > SIGNAL_BASE ? "signal " + (code - SIGNAL_BASE) : "exit code " + code;
    return outOfMemory ? how + ", out of memory" : how;
  }
}
