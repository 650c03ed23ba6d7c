package io.souffleur.shard;

/**
 * Sizes that a rank takes its buffers for; a plan beyond them is refused.
 *
 * @param seatsMax sequences on a seat, and so runs of a step
 * @param rowsMax rows of a step
 * @param seatPagesMax pages of one sequence
 */
public record ShardLimits(int seatsMax, int rowsMax, int seatPagesMax) {
  /** Logit rows of a pass that a rank has room for even when it has fewer seats. */
  private static final int LOGIT_ROWS_LEAST = 16;

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

  /**
   * Logit rows that exist at one time, each as wide as the vocabulary: every run may draw, and rows that
   * score a prompt go through the head in groups of so many.
   */
  public int logitRowsMax() {
    return Math.min(rowsMax, Math.max(seatsMax, LOGIT_ROWS_LEAST));
  }

  /** Page numbers of all runs of a step. */
  public int stepPagesMax() {
    return seatsMax * seatPagesMax;
  }
}
