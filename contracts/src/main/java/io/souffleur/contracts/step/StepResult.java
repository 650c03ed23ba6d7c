package io.souffleur.contracts.step;

import java.util.Arrays;

/**
 * What came out of one step: per run the token drawn, the scores of drawn tokens and those of the prompt
 * where they are asked for.
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
  private final ScoreList scores = new ScoreList();
  private final ScoreList promptScores = new ScoreList();
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
    scores.clear();
    promptScores.clear();
    if (tokens.length < newRunCount) {
      tokens = new int[Math.max(newRunCount, tokens.length * 2)];
    }
    Arrays.fill(tokens, 0, newRunCount, NO_TOKEN);
  }

  public void token(int run, int token) {
    tokens[run] = token;
  }

  /**
   * Appends a scored id of a run: its drawn token first, then the likeliest, then those that the request
   * named. Runs rise.
   *
   * @param log natural logarithm of the probability
   */
  public void addScore(int run, int token, float log) {
    scores.add(run, 0, token, log);
  }

  /** Scored ids of all runs. */
  public int scoreCount() {
    return scores.count();
  }

  public int scoreRun(int index) {
    return scores.run(index);
  }

  public int scoreToken(int index) {
    return scores.token(index);
  }

  public float scoreLog(int index) {
    return scores.log(index);
  }

  /**
   * Appends a scored id of a place in a prompt: the token there first, then as for a drawn one. Runs
   * rise, and positions within a run.
   */
  public void addPromptScore(int run, int position, int token, float log) {
    promptScores.add(run, position, token, log);
  }

  /** Scored ids of all places of prompts. */
  public int promptScoreCount() {
    return promptScores.count();
  }

  public int promptScoreRun(int index) {
    return promptScores.run(index);
  }

  public int promptScorePosition(int index) {
    return promptScores.position(index);
  }

  public int promptScoreToken(int index) {
    return promptScores.token(index);
  }

  public float promptScoreLog(int index) {
    return promptScores.log(index);
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
