package io.souffleur.scheduler.sim;

import io.souffleur.contracts.step.StepPlan;
import java.util.HashMap;
import java.util.Map;

/** Bugs put between scheduler and rank on purpose, to prove that the simulation sees their kind. */
enum PlantedBug {
  NONE,
  /** Reads the state that the step before the last one left. */
  STALE_SLOT,
  /** Versions never change: always the slots of the sequence's first two steps. */
  VERSION_NOT_ADVANCED,
  /** State is updated in place; harmless until a step runs twice. */
  STATE_IN_PLACE,
  /** One page number is another one. */
  WRONG_PAGE,
  /** Two sequences get each other's token. */
  SWAPPED_RESULTS,
  /** The step before is run in place of this one. */
  SWAPPED_STEP,
  /** A chunk loses its first token. */
  LOST_ROW,
  /** A new rank is not told who sits where. */
  REPLAY_WITHOUT_SEATS,
  /** A new rank is not told the tokens that penalties look at. */
  REPLAY_WITHOUT_HISTORY;

  private static final int EVERY = 7;

  /** What the rank gets in place of {@code plan}. */
  void copy(StepPlan plan, StepPlan to, Map<Integer, int[]> firstSlots, int pages) {
    to.reset(plan.epoch(), plan.incarnation(), plan.step(), plan.attempt());
    for (int i = 0; i < plan.dropCount(); i++) {
      to.drop(plan.droppedSeat(i));
    }
    boolean silent = this == REPLAY_WITHOUT_SEATS && plan.attempt() > 0;
    for (int i = 0; i < plan.admitCount(); i++) {
      firstSlots.remove(plan.admittedSeat(i));
      if (!silent) {
        admit(plan, i, to);
      }
    }
    for (int i = 0; i < plan.pageCount() && !silent; i++) {
      boolean wrong = this == WRONG_PAGE && plan.step() % EVERY == 0;
      int page = plan.pageNumber(i);
      to.addPage(plan.pageSeat(i), wrong ? (page + 1) % pages : page);
    }
    for (int run = 0; run < plan.runCount(); run++) {
      copyRun(plan, run, to, firstSlots);
    }
  }

  private void admit(StepPlan plan, int admit, StepPlan to) {
    to.admit(
        plan.admittedSeat(admit),
        plan.admittedSampling(admit),
        plan.admittedPromptTokens(admit),
        plan.admittedHeldBack(admit));
    for (int i = plan.historyStart(admit); i < plan.historyEnd(admit); i++) {
      to.addHistory(this == REPLAY_WITHOUT_HISTORY ? 0 : plan.historyToken(i));
    }
  }

  private void copyRun(StepPlan plan, int run, StepPlan to, Map<Integer, int[]> firstSlots) {
    int read = plan.runReadSlot(run);
    int write = plan.runWriteSlot(run);
    boolean later = read != StepPlan.NO_SLOT;
    if (this == STALE_SLOT && later && plan.step() % EVERY == 0) {
      int other = read;
      read = write;
      write = other;
    } else if (this == VERSION_NOT_ADVANCED && later) {
      int[] first = firstSlots.computeIfAbsent(
          plan.runSeat(run), seat -> new int[] {plan.runReadSlot(run), plan.runWriteSlot(run)});
      read = first[0];
      write = first[1];
    } else if (this == STATE_IN_PLACE && later) {
      write = read;
    }
    int first = plan.tokenStart(run);
    int count = plan.tokenEnd(run) - first;
    boolean loses = this == LOST_ROW && count > 1;
    to.addRun(plan.runSeat(run), plan.runFirstPosition(run), read, write, plan.runDraws(run));
    for (int i = loses ? 1 : 0; i < count; i++) {
      to.addToken(plan.token(first + i));
    }
  }

  static Map<Integer, int[]> noSlots() {
    return new HashMap<>();
  }
}
