package io.souffleur.shard;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepPlan;
import java.util.Arrays;

/**
 * Compares the runs of a plan with what this rank has: numbers in range, pages for every position, and
 * slots read and written disjoint, without which a step could not run again. A run may name one slot as
 * both, which says that nobody will ask for the step again. Owned by the rank's loop.
 */
final class RunChecks {
  private static final long NEVER = -1;

  private final ShardLimits limits;
  private final SeatTable seats;
  private final int pageTokens;
  private final boolean recurrent;
  private final int vocabulary;
  private final long[] slotWritten;
  private final long[] seatUsed;
  private long serial;

  RunChecks(ShardLimits limits, SeatTable seats, CacheLayout layout, int slots, int vocabulary) {
    this.limits = limits;
    this.seats = seats;
    this.pageTokens = layout.pageTokens();
    this.recurrent = layout.slotBytes() > 0;
    this.vocabulary = vocabulary;
    slotWritten = new long[slots];
    seatUsed = new long[limits.seatsMax()];
    Arrays.fill(slotWritten, NEVER);
    Arrays.fill(seatUsed, NEVER);
  }

  /** Throws {@link PlanViolation} naming the first run and number that is wrong. */
  void check(StepPlan plan) {
    serial++;
    require(plan.runCount() <= limits.seatsMax(), plan, 0, "runs", plan.runCount());
    require(plan.tokenCount() <= limits.rowsMax(), plan, 0, "rows in all", plan.tokenCount());
    for (int run = 0; run < plan.runCount(); run++) {
      checkRun(plan, run);
    }
    for (int run = 0; run < plan.runCount() && recurrent; run++) {
      int read = plan.runReadSlot(run);
      require(
          read == StepPlan.NO_SLOT || slotWritten[read] != serial || read == plan.runWriteSlot(run),
          plan,
          run,
          "a slot that is written in the same step",
          read);
    }
    for (int i = 0; i < plan.tokenCount(); i++) {
      if (plan.token(i) < 0 || plan.token(i) >= vocabulary) {
        throw new PlanViolation(
            "token " + plan.token(i) + " in row " + i + ", the vocabulary has " + vocabulary);
      }
    }
  }

  private void checkRun(StepPlan plan, int run) {
    int seat = seats.takenSeat(plan.runSeat(run));
    require(seatUsed[seat] != serial, plan, run, "a seat that has a run already", seat);
    seatUsed[seat] = serial;
    int first = plan.runFirstPosition(run);
    int rows = plan.tokenEnd(run) - plan.tokenStart(run);
    require(rows > 0, plan, run, "rows", rows);
    long reserved = (long) seats.pageCount(seat) * pageTokens;
    require(first >= 0 && first + (long) rows <= reserved, plan, run, "positions from", first);
    int read = plan.runReadSlot(run);
    int write = plan.runWriteSlot(run);
    int checkpoints = plan.checkpointEnd(run) - plan.checkpointStart(run);
    if (!recurrent) {
      require(checkpoints == 0, plan, run, "checkpoints of a model without states:", checkpoints);
      return;
    }
    require((read == StepPlan.NO_SLOT) == (first == 0), plan, run, "the read slot", read);
    require(
        read == StepPlan.NO_SLOT || (read >= 0 && read < slotWritten.length),
        plan,
        run,
        "the read slot",
        read);
    require(write >= 0 && write < slotWritten.length, plan, run, "the write slot", write);
    require(slotWritten[write] != serial, plan, run, "a slot that another run writes", write);
    slotWritten[write] = serial;
    checkCheckpoints(plan, run, first, first + rows);
  }

  private void checkCheckpoints(StepPlan plan, int run, int first, int end) {
    int before = first;
    for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
      int position = plan.checkpointPosition(i);
      require(position > before && position <= end, plan, run, "a checkpoint at", position);
      before = position;
      int slot = plan.checkpointSlot(i);
      require(slot >= 0 && slot < slotWritten.length, plan, run, "the checkpoint slot", slot);
      require(
          slotWritten[slot] != serial, plan, run, "a checkpoint in a slot written twice:", slot);
      slotWritten[slot] = serial;
    }
  }

  private void require(boolean holds, StepPlan plan, int run, String what, int value) {
    if (!holds) {
      throw new PlanViolation("run " + run + " of " + plan.runCount() + " has " + what + " "
          + value + " (limits: " + limits + ", " + slotWritten.length + " slots, pages of "
          + pageTokens + ")");
    }
  }
}
