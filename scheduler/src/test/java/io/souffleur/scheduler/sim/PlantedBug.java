package io.souffleur.scheduler.sim;

import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.StepPlan;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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
  REPLAY_WITHOUT_HISTORY,
  /** A state on the way is stored a token too late. */
  CHECKPOINT_OFF_BY_ONE,
  /** A page that a prefix ends in is not copied. */
  COPY_FORGOTTEN,
  /** Who begins inside a page of another writes into that page. */
  SHARED_PAGE_WRITTEN,
  /** A page that is read is thought to be free, and somebody writes into it. */
  READER_NOT_COUNTED,
  /** A slot keeps its old state when a new checkpoint goes there. */
  STALE_CHECKPOINT,
  /** A state on the way is stored in a slot that the same step reads. */
  CHECKPOINT_IN_READ_SLOT,
  /** Requests are put into one namespace though their tokens mean different things. */
  WRONG_NAMESPACE,
  /** What the tier brings is not copied into pages. */
  IMPORT_FORGOTTEN,
  /** The tier brings a record and says that it is another. */
  RECORD_MIXED_UP,
  /** Of two that come together, the later is served first. */
  ORDER_OF_SERVICE;

  private static final int EVERY = 7;

  private static final Set<PlantedBug> OF_THE_TIER = EnumSet.of(IMPORT_FORGOTTEN, RECORD_MIXED_UP);

  private static final Set<PlantedBug> OF_THE_CACHE = EnumSet.of(
      CHECKPOINT_OFF_BY_ONE,
      COPY_FORGOTTEN,
      SHARED_PAGE_WRITTEN,
      READER_NOT_COUNTED,
      STALE_CHECKPOINT,
      CHECKPOINT_IN_READ_SLOT,
      WRONG_NAMESPACE,
      IMPORT_FORGOTTEN,
      RECORD_MIXED_UP);

  /** Whether it can show only where prefixes are shared. */
  boolean ofTheCache() {
    return OF_THE_CACHE.contains(this);
  }

  /** Whether it can show only where there is a tier. */
  boolean ofTheTier() {
    return OF_THE_TIER.contains(this);
  }

  /** What a bug remembers of plans before. */
  static final class Memory {
    private final Map<Integer, int[]> firstSlots = new HashMap<>();
    private final Set<Integer> checkpointSlots = new HashSet<>();

    /** Another rank comes. */
    void forget() {
      firstSlots.clear();
    }
  }

  /** What the rank gets in place of {@code plan}. */
  void copy(StepPlan plan, StepPlan to, Memory memory, int pages) {
    to.reset(plan.epoch(), plan.incarnation(), plan.step(), plan.attempt());
    for (int i = 0; i < plan.dropCount(); i++) {
      to.drop(plan.droppedSeat(i));
    }
    boolean silent = this == REPLAY_WITHOUT_SEATS && plan.attempt() > 0;
    for (int i = 0; i < plan.admitCount(); i++) {
      memory.firstSlots.remove(plan.admittedSeat(i));
      if (!silent) {
        admit(plan, i, to);
      }
    }
    for (int i = 0; i < plan.pageCount() && !silent; i++) {
      boolean wrong = this == WRONG_PAGE && plan.step() % EVERY == 0;
      int page =
          this == SHARED_PAGE_WRITTEN ? sourceOf(plan, plan.pageNumber(i)) : plan.pageNumber(i);
      to.addPage(plan.pageSeat(i), wrong ? (page + 1) % pages : page);
    }
    for (int i = 0; i < plan.copyCount() && this != COPY_FORGOTTEN; i++) {
      if (this != SHARED_PAGE_WRITTEN) {
        to.copyPage(plan.copiedFrom(i), plan.copiedTo(i));
      }
    }
    for (int i = 0; i < plan.transferCount(); i++) {
      if (this != IMPORT_FORGOTTEN || plan.transfer(i).way() == CellTransfer.Way.OUT) {
        to.addTransfer(plan.transfer(i));
      }
    }
    for (int run = 0; run < plan.runCount(); run++) {
      copyRun(plan, run, to, memory);
    }
  }

  private static int sourceOf(StepPlan plan, int page) {
    for (int i = 0; i < plan.copyCount(); i++) {
      if (plan.copiedTo(i) == page) {
        return plan.copiedFrom(i);
      }
    }
    return page;
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

  private void copyRun(StepPlan plan, int run, StepPlan to, Memory memory) {
    int read = plan.runReadSlot(run);
    int write = plan.runWriteSlot(run);
    boolean later = read != StepPlan.NO_SLOT;
    if (this == STALE_SLOT && later && plan.step() % EVERY == 0) {
      int other = read;
      read = write;
      write = other;
    } else if (this == VERSION_NOT_ADVANCED && later) {
      int[] first = memory.firstSlots.computeIfAbsent(
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
    int end = plan.runFirstPosition(run) + count;
    for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
      checkpoint(plan, i, end, to, memory);
    }
  }

  private void checkpoint(StepPlan plan, int i, int end, StepPlan to, Memory memory) {
    int position = plan.checkpointPosition(i);
    int slot = plan.checkpointSlot(i);
    if (this == CHECKPOINT_OFF_BY_ONE && position < end) {
      position++;
    } else if (this == CHECKPOINT_IN_READ_SLOT) {
      slot = someReadSlot(plan, slot);
    }
    if (this == STALE_CHECKPOINT && !memory.checkpointSlots.add(slot)) {
      return;
    }
    to.addCheckpoint(position, slot);
  }

  private static int someReadSlot(StepPlan plan, int other) {
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runReadSlot(run) != StepPlan.NO_SLOT) {
        return plan.runReadSlot(run);
      }
    }
    return other;
  }

  /** A page that somebody was admitted to read and that is overwritten now, or −1. */
  int scribbledPage(StepPlan plan) {
    if (this != READER_NOT_COUNTED || plan.attempt() > 0) {
      return -1;
    }
    for (int run = 0; run < plan.runCount(); run++) {
      for (int i = 0; i < plan.pageCount() && plan.runFirstPosition(run) > 0; i++) {
        if (plan.pageSeat(i) == plan.runSeat(run)) {
          return plan.pageNumber(i);
        }
      }
    }
    return -1;
  }
}
