package io.souffleur.contracts.step;

import java.util.Arrays;

/**
 * What came out of one step: per run the token drawn.
 *
 * <p>Mutable and reused; valid inside the handler that receives it. Run numbers are those of the plan.
 */
public final class StepResult {
  /** The run drew nothing, because it did not end at its last known token. */
  public static final int NO_TOKEN = -2;

  /** The run's logits held NaN or +infinity. */
  public static final int NOT_FINITE = -1;

  private StepId id = new StepId(0, 0, 0, 0);
  private int[] tokens = new int[8];
  private int runCount;
  private int rows;

  /** @param rows rows that were computed in this step */
  public void reset(StepId newId, int newRunCount, int newRows) {
    id = newId;
    runCount = newRunCount;
    rows = newRows;
    if (tokens.length < newRunCount) {
      tokens = new int[Math.max(newRunCount, tokens.length * 2)];
    }
    Arrays.fill(tokens, 0, newRunCount, NO_TOKEN);
  }

  public void token(int run, int token) {
    tokens[run] = token;
  }

  public StepId id() {
    return id;
  }

  public int runCount() {
    return runCount;
  }

  public int rows() {
    return rows;
  }

  /** A token id ≥ 0, {@link #NO_TOKEN} or {@link #NOT_FINITE}. */
  public int token(int run) {
    return tokens[run];
  }
}
