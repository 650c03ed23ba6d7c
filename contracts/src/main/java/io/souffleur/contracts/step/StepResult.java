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

  private long epoch;
  private int incarnation;
  private long step;
  private int attempt;
  private int[] tokens = new int[8];
  private int runCount;
  private int rows;

  /** @param rows rows that were computed in this step */
  public void reset(StepId id, int newRunCount, int newRows) {
    reset(id.epoch(), id.incarnation(), id.step(), id.attempt(), newRunCount, newRows);
  }

  /** The result of {@code plan}, with nothing drawn yet; allocates only when it grows. */
  public void reset(StepPlan plan) {
    reset(
        plan.epoch(),
        plan.incarnation(),
        plan.step(),
        plan.attempt(),
        plan.runCount(),
        plan.tokenCount());
  }

  /** As {@link #reset(StepId, int, int)}, for callers that have the parts and allocate nothing. */
  public void reset(
      long newEpoch,
      int newIncarnation,
      long newStep,
      int newAttempt,
      int newRunCount,
      int newRows) {
    epoch = newEpoch;
    incarnation = newIncarnation;
    step = newStep;
    attempt = newAttempt;
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

  /** A new record of the parts below. */
  public StepId id() {
    return new StepId(epoch, incarnation, step, attempt);
  }

  /** Whether this is the result of exactly this plan: epoch, incarnation, step, attempt and runs. */
  public boolean answers(StepPlan plan) {
    return epoch == plan.epoch()
        && incarnation == plan.incarnation()
        && step == plan.step()
        && attempt == plan.attempt()
        && runCount == plan.runCount();
  }

  public long epoch() {
    return epoch;
  }

  public int incarnation() {
    return incarnation;
  }

  public long step() {
    return step;
  }

  public int attempt() {
    return attempt;
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
