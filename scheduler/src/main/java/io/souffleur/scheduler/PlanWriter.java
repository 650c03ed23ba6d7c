package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheHolding;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.step.StepPlan;

/**
 * Writes a step as the difference to what the rank knows: seats taken and left, pages added, runs.
 *
 * <p>Remembers per sequence what the rank was told. A rank of another incarnation knows nothing, so
 * everything is told anew; the runs are the same. Owned by the engine loop.
 */
final class PlanWriter {
  private static final int NOBODY = -1;
  private static final int[] NOTHING = {};

  private final RunQueue queue;
  private final Seats seats;
  private int toldIncarnation = NOBODY;

  PlanWriter(RunQueue queue, Seats seats) {
    this.queue = queue;
    this.seats = seats;
  }

  /** Fills {@code plan} with the rows that the running sequences have planned. */
  void write(StepPlan plan, long epoch, int incarnation, long step, int attempt) {
    plan.reset(epoch, incarnation, step, attempt);
    if (incarnation != toldIncarnation) {
      forgetWhatWasTold();
      toldIncarnation = incarnation;
    }
    for (int i = 0; i < seats.pendingDropCount(); i++) {
      plan.drop(seats.pendingDrop(i));
    }
    seats.clearPendingDrops();
    for (int i = 0; i < queue.runningCount(); i++) {
      announce(plan, queue.running(i));
    }
    writeCopies(plan);
    writeRuns(plan, true);
    writeRuns(plan, false);
  }

  /** Who begins inside a page of somebody else's gets its bytes first. */
  private void writeCopies(StepPlan plan) {
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      CacheHolding holding = sequence.holding();
      if (sequence.plannedRows() > 0 && holding.copySource() != CacheHolding.NO_PAGE) {
        plan.copyPage(holding.copySource(), holding.copyTarget());
      }
    }
  }

  private void forgetWhatWasTold() {
    seats.clearPendingDrops();
    for (int i = 0; i < queue.runningCount(); i++) {
      queue.running(i).forgetAnnouncements();
    }
  }

  private static void announce(StepPlan plan, Sequence sequence) {
    if (!sequence.announced()) {
      admit(plan, sequence);
    }
    CacheHolding holding = sequence.holding();
    for (int i = sequence.announcedPages(); i < holding.pageCount(); i++) {
      plan.addPage(sequence.seat(), holding.page(i));
    }
    sequence.announced(holding.pageCount());
  }

  /** What is computed already never comes in a run again; penalties must hear of it now. */
  private static void admit(StepPlan plan, Sequence sequence) {
    GenerationRequest request = sequence.ticket().request();
    LogitRules rules = request.sampling().rules();
    plan.admit(
        sequence.seat(),
        request.sampling(),
        request.promptTokens().length,
        rules.minTokens() > 0 ? request.stopTokens() : NOTHING);
    for (int i = 0; i < sequence.computed() && rules.needHistory(); i++) {
      plan.addHistory(sequence.token(i));
    }
  }

  /** Runs of one row first: their order among themselves is by age, as is that of the chunks. */
  private void writeRuns(StepPlan plan, boolean single) {
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      int rows = sequence.plannedRows();
      if (rows > 0 && single == (rows == 1)) {
        writeRun(plan, sequence, rows);
      }
    }
  }

  private static void writeRun(StepPlan plan, Sequence sequence, int rows) {
    CacheHolding holding = sequence.holding();
    int first = sequence.computed();
    plan.addRun(
        sequence.seat(), first, holding.committedSlot(), holding.spareSlot(), sequence.draws());
    for (int position = first; position < first + rows; position++) {
      plan.addToken(sequence.token(position));
    }
    for (int i = 0; i < holding.plannedCheckpoints(); i++) {
      plan.addCheckpoint(holding.plannedPosition(i), holding.plannedSlot(i));
    }
    int end = sequence.scoring().end(first + rows);
    if (end > sequence.scoring().next()) {
      int following = end > first + rows ? sequence.token(first + rows) : StepPlan.NO_TOKEN;
      plan.scorePrompt(sequence.scoring().next(), end, following);
    }
  }
}
