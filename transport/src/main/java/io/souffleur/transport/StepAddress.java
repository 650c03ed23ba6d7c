package io.souffleur.transport;

/**
 * Which incarnation of which rank a channel leads to, and so which streams it uses.
 *
 * <p>Stream ids are never used twice in the life of a driver: a dead subscriber of an old stream could
 * hold a publisher, and a late reader would join in the middle. So {@code incarnation} grows over epochs
 * too.
 *
 * @param rank number of the rank in its replica, from 0
 * @param epoch incarnation of the replica, from 1
 * @param incarnation incarnation of the rank, from 1; never used twice by one server
 */
public record StepAddress(int rank, long epoch, int incarnation) {
  public static final int RANK_LIMIT = 1_000;
  public static final int INCARNATION_LIMIT = 1_000_000;
  private static final int STREAM_BASE = 1_000;

  public StepAddress {
    if (rank < 0 || rank >= RANK_LIMIT) {
      throw new IllegalArgumentException("rank must be in [0, " + RANK_LIMIT + "), got " + rank);
    }
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch must be at least 1, got " + epoch);
    }
    if (incarnation < 1 || incarnation >= INCARNATION_LIMIT) {
      throw new IllegalArgumentException(
          "incarnation must be in [1, " + INCARNATION_LIMIT + "), got " + incarnation);
    }
  }

  int planStream() {
    return STREAM_BASE + rank * 2 * INCARNATION_LIMIT + 2 * incarnation;
  }

  int resultStream() {
    return planStream() + 1;
  }
}
