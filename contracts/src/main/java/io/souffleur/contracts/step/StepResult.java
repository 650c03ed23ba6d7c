package io.souffleur.contracts.step;

import java.util.Arrays;

/**
 * What came out of one step: per run the token drawn, and the scores of runs that ask for some.
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
  private int[] scoreRuns = new int[0];
  private int[] scoreTokens = new int[0];
  private float[] scoreLogs = new float[0];
  private int scoreCount;
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
    scoreCount = 0;
    if (tokens.length < newRunCount) {
      tokens = new int[Math.max(newRunCount, tokens.length * 2)];
    }
    Arrays.fill(tokens, 0, newRunCount, NO_TOKEN);
  }

  public void token(int run, int token) {
    tokens[run] = token;
  }

  /**
   * Appends a scored token of a run: its drawn token first, then the likeliest. Runs rise.
   *
   * @param log natural logarithm of the probability
   */
  public void addScore(int run, int token, float log) {
    if (scoreCount == scoreRuns.length) {
      int grown = Math.max(2 * scoreCount, 32);
      scoreRuns = Arrays.copyOf(scoreRuns, grown);
      scoreTokens = Arrays.copyOf(scoreTokens, grown);
      scoreLogs = Arrays.copyOf(scoreLogs, grown);
    }
    scoreRuns[scoreCount] = run;
    scoreTokens[scoreCount] = token;
    scoreLogs[scoreCount++] = log;
  }

  /** Scored tokens of all runs. */
  public int scoreCount() {
    return scoreCount;
  }

  public int scoreRun(int index) {
    return scoreRuns[index];
  }

  public int scoreToken(int index) {
    return scoreTokens[index];
  }

  public float scoreLog(int index) {
    return scoreLogs[index];
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
