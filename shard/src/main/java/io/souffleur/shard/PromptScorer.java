package io.souffleur.shard;

import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.SamplingTable;
import io.souffleur.models.Decoder;
import io.souffleur.models.Forward;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;

/**
 * Scores tokens of prompts, from the hidden rows that a step left behind.
 *
 * <pre>
 *   rows of all scorings in run order → groups of rowsMax → head → softmax → result
 * </pre>
 *
 * <p>Logits of a whole prompt never exist at one time: a row is as wide as the vocabulary. Which rows share
 * a group changes no bit. Owned by the rank's loop.
 */
final class PromptScorer {
  private final Decoder decoder;
  private final Kernels kernels;
  private final SeatTable seats;
  private final int vocabulary;
  private final SamplingTable table;
  private final Tensor given;
  private final int[] runs;
  private final int[] positions;
  private int count;

  /** @param rowsMax logit rows that exist at one time */
  PromptScorer(Arena arena, Decoder decoder, Kernels kernels, SeatTable seats, int rowsMax) {
    this.decoder = decoder;
    this.kernels = kernels;
    this.seats = seats;
    this.vocabulary = decoder.summary().vocabSize();
    table = new SamplingTable(arena, rowsMax);
    given = Tensor.allocate(arena, DType.I32, rowsMax);
    runs = new int[rowsMax];
    positions = new int[rowsMax];
  }

  /** Throws {@link PlanViolation} naming the first scoring and number that is wrong; runs are checked. */
  void check(StepPlan plan) {
    int before = -1;
    for (int i = 0; i < plan.scoringCount(); i++) {
      int run = plan.scoringRun(i);
      if (run <= before || run >= plan.runCount()) {
        throw new PlanViolation("run " + run + " is scored after run " + before);
      }
      before = run;
      checkRange(plan, i, run);
    }
  }

  private void checkRange(StepPlan plan, int scoring, int run) {
    int first = plan.runFirstPosition(run);
    int last = first + plan.tokenEnd(run) - plan.tokenStart(run);
    int from = plan.scoredFrom(scoring);
    int end = plan.scoredEnd(scoring);
    int following = plan.scoredFollowing(scoring);
    int seat = plan.runSeat(run);
    boolean beyond = end == last + 1;
    boolean known = beyond ? following >= 0 && following < vocabulary : following < 0;
    if (from <= first || from >= end || end > last + 1 || !known) {
      throw new PlanViolation("run " + run + " of positions " + first + " to " + last
          + " scores positions " + from + " to " + end + ", the last token being " + following);
    }
    if (end > seats.promptTokens(seat) || !seats.sampling(seat).scored()) {
      throw new PlanViolation("seat " + seat + " with a prompt of " + seats.promptTokens(seat)
          + " tokens and " + seats.sampling(seat).scores() + " scores up to " + end);
    }
  }

  /**
   * Adds the scores of a step that {@code forward} was just run for, whose own logits are done with. A
   * run whose numbers are not finite is reported as such.
   */
  void score(StepPlan plan, Forward forward, StepResult result, LogitTap tap) {
    begin(forward);
    for (int i = 0; i < plan.scoringCount(); i++) {
      int run = plan.scoringRun(i);
      int firstRow = plan.tokenStart(run) - plan.runFirstPosition(run);
      for (int position = plan.scoredFrom(i); position < plan.scoredEnd(i); position++) {
        if (count == runs.length) {
          finish(plan, forward, result, tap);
          begin(forward);
        }
        forward.addLogitRow(firstRow + position - 1);
        add(
            run,
            position,
            plan.scoredToken(i, position),
            seats.sampling(plan.runSeat(run)).scores());
      }
    }
    finish(plan, forward, result, tap);
  }

  private void begin(Forward forward) {
    forward.clearLogitRows();
    table.clear();
    count = 0;
  }

  private void add(int run, int position, int token, ScoreSpec scores) {
    table.set(count, 0, 1, 0, 0, 0, 0, position);
    table.give(count, token);
    table.score(count, scores.top());
    if (!scores.ids().isEmpty()) {
      table.scoreIds(count, scores.ids());
    }
    runs[count] = run;
    positions[count++] = position;
  }

  private void finish(StepPlan plan, Forward forward, StepResult result, LogitTap tap) {
    if (count == 0) {
      return;
    }
    decoder.head(forward);
    tap.onPromptLogits(plan, forward.logits(), runs, positions, count);
    kernels.sample(forward.logits(), vocabulary, table, count, given);
    for (int row = 0; row < count; row++) {
      if (given.getInt(row) == Kernels.NOT_A_NUMBER) {
        result.token(runs[row], StepResult.NOT_FINITE);
      } else {
        report(result, row, seats.sampling(plan.runSeat(runs[row])).scores());
      }
    }
  }

  private void report(StepResult result, int row, ScoreSpec scores) {
    for (int i = 0; table.scoredId(row, i) != SamplingTable.NO_ID; i++) {
      result.addPromptScore(
          runs[row], positions[row], table.scoredId(row, i), table.scoredLog(row, i));
    }
    for (int i = 0; i < scores.ids().size(); i++) {
      result.addPromptScore(runs[row], positions[row], scores.ids().get(i), table.idLog(row, i));
    }
  }
}
