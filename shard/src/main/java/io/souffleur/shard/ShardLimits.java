package io.souffleur.shard;

/**
 * Sizes that a rank takes its buffers for; a plan beyond them is refused.
 *
 * @param seatsMax sequences on a seat, and so runs and logit rows of a step
 * @param rowsMax rows of a step
 * @param seatPagesMax pages of one sequence
 */
public record ShardLimits(int seatsMax, int rowsMax, int seatPagesMax) {
  public ShardLimits {
    if (seatsMax < 1 || rowsMax < seatsMax || seatPagesMax < 1) {
      throw new IllegalArgumentException("a rank for " + seatsMax + " seats, " + rowsMax
          + " rows and " + seatPagesMax + " pages per seat");
    }
    Math.multiplyExact(seatsMax, seatPagesMax);
  }

  /**
   * @param maxRunningRequests as the engine's settings say
   * @param stepRowsMax as the engine's settings say
   * @param contextLength most tokens of a sequence
   * @param pageTokens positions of a page
   */
  public static ShardLimits of(
      int maxRunningRequests, int stepRowsMax, int contextLength, int pageTokens) {
    return new ShardLimits(
        maxRunningRequests, stepRowsMax, Math.ceilDiv(contextLength, pageTokens));
  }

  /** Page numbers of all runs of a step. */
  public int stepPagesMax() {
    return seatsMax * seatPagesMax;
  }
}
