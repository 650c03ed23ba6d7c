package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.contracts.tier.TierKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A rank that runs plans on the shelves with the hash model. Knows what plans told it, nothing else. */
final class HashRank {
  private static final class Seat {
    final SamplingSpec sampling;
    final int promptTokens;
    final int heldBack;
    int[] pages = new int[8];
    int pageCount;
    int[] history = new int[16];
    int historyCount;

    Seat(SamplingSpec sampling, int promptTokens, int heldBack) {
      this.sampling = sampling;
      this.promptTokens = promptTokens;
      this.heldBack = heldBack;
    }

    void addPage(int page) {
      if (pageCount == pages.length) {
        pages = Arrays.copyOf(pages, 2 * pageCount);
      }
      pages[pageCount++] = page;
    }

    void addHistory(int token) {
      if (historyCount == history.length) {
        history = Arrays.copyOf(history, 2 * historyCount);
      }
      history[historyCount++] = token;
    }
  }

  private final HashShelves shelves;
  private final Map<Integer, Seat> seats = new HashMap<>();

  HashRank(HashShelves shelves) {
    this.shelves = shelves;
  }

  /** Seats and pages, which come before the runs; to be applied once per plan. */
  void learn(StepPlan plan) {
    for (int i = 0; i < plan.dropCount(); i++) {
      seats.remove(plan.droppedSeat(i));
    }
    for (int i = 0; i < plan.admitCount(); i++) {
      var seat = new Seat(
          plan.admittedSampling(i), plan.admittedPromptTokens(i), plan.admittedHeldBack(i).length);
      for (int token = plan.historyStart(i); token < plan.historyEnd(i); token++) {
        seat.addHistory(plan.historyToken(token));
      }
      seats.put(plan.admittedSeat(i), seat);
    }
    for (int i = 0; i < plan.pageCount(); i++) {
      seat(plan.pageSeat(i)).addPage(plan.pageNumber(i));
    }
  }

  /** Everything that may never be in a plan, whatever tokens come out. */
  void check(StepPlan plan) {
    shelves.nextPlan();
    for (int run = 0; run < plan.runCount(); run++) {
      checkRun(plan, run);
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      int rows = shelves.enteredAt(plan.copiedTo(i));
      require(rows > 0, "a copy goes where no run begins");
      for (int row = 0; row < rows; row++) {
        require(
            !shelves.written(plan.copiedFrom(i) * shelves.pageTokens + row),
            "rows that are copied are written");
      }
    }
    for (int i = 0; i < plan.transferCount(); i++) {
      checkTransfer(plan.transfer(i));
    }
    for (int run = 0; run < plan.runCount(); run++) {
      checkReads(plan, run);
    }
  }

  /** What comes in counts as written; a slot that goes out is not written. */
  private void checkTransfer(CellTransfer transfer) {
    shelves.tier().cell(transfer.kind(), transfer.cell(), transfer.generation());
    if (transfer.kind() == TierKind.STATE) {
      boolean free = transfer.way() == CellTransfer.Way.IN
          ? shelves.writeSlot(transfer.number())
          : !shelves.slotWritten(transfer.number());
      require(free, "a slot is moved and written");
      return;
    }
    for (int row = 0; row < shelves.pageTokens && transfer.way() == CellTransfer.Way.IN; row++) {
      require(
          shelves.write(transfer.number() * shelves.pageTokens + row),
          "a page comes in where somebody writes");
    }
  }

  private void checkRun(StepPlan plan, int run) {
    Seat seat = seat(plan.runSeat(run));
    int first = plan.runFirstPosition(run);
    int end = first + plan.tokenEnd(run) - plan.tokenStart(run);
    require(end > first, "an empty run");
    require(
        !shelves.recurrent || (plan.runReadSlot(run) == StepPlan.NO_SLOT) == (first == 0),
        "a run reads no state, or one before the beginning");
    for (int position = first; position < end; position++) {
      require(shelves.write(cell(seat, position)), "a row is written twice");
    }
    if (first % shelves.pageTokens != 0) {
      shelves.enter(seat.pages[first / shelves.pageTokens], first % shelves.pageTokens);
    }
    if (!shelves.recurrent) {
      return;
    }
    require(shelves.writeSlot(plan.runWriteSlot(run)), "a slot is written twice");
    int before = first;
    for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
      int position = plan.checkpointPosition(i);
      require(position > before && position <= end, "a checkpoint outside its run");
      require(shelves.writeSlot(plan.checkpointSlot(i)), "a checkpoint in a written slot");
      before = position;
    }
  }

  private void checkReads(StepPlan plan, int run) {
    Seat seat = seat(plan.runSeat(run));
    for (int position = 0; position < plan.runFirstPosition(run); position++) {
      require(!shelves.written(cell(seat, position)), "a row is read and written");
    }
    int read = plan.runReadSlot(run);
    require(
        !shelves.recurrent
            || read == StepPlan.NO_SLOT
            || read == plan.runWriteSlot(run)
            || !shelves.slotWritten(read),
        "a slot is read and written");
  }

  /** Whether some run overwrites the state that it reads. */
  static boolean worksInPlace(StepPlan plan) {
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runReadSlot(run) != StepPlan.NO_SLOT
          && plan.runReadSlot(run) == plan.runWriteSlot(run)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a request of the step is one that crashes ranks. */
  boolean crashes(StepPlan plan) {
    for (int run = 0; run < plan.runCount(); run++) {
      int first = plan.runFirstPosition(run);
      int end = first + plan.tokenEnd(run) - plan.tokenStart(run);
      if (HashModel.crashes(seat(plan.runSeat(run)).sampling, first, end)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Computes the rows {@code [0, rowsMax)} of the step. When the last of them is inside the step, what
   * it wrote is torn, as after a kill.
   */
  void run(StepPlan plan, int rowsMax, StepResult result) {
    result.reset(plan);
    for (int i = 0; i < plan.copyCount(); i++) {
      System.arraycopy(
          shelves.cells,
          plan.copiedFrom(i) * shelves.pageTokens,
          shelves.cells,
          plan.copiedTo(i) * shelves.pageTokens,
          shelves.pageTokens);
    }
    boolean whole = rowsMax > plan.tokenCount();
    int moved = whole ? plan.transferCount() : rowsMax % (plan.transferCount() + 1);
    for (int i = 0; i < moved; i++) {
      move(plan.transfer(i));
    }
    if (moved < plan.transferCount()) {
      tear(plan.transfer(moved));
    }
    int rows = 0;
    for (int run = 0; run < plan.runCount() && rows < rowsMax; run++) {
      Seat seat = seat(plan.runSeat(run));
      int count = plan.tokenEnd(run) - plan.tokenStart(run);
      int now = Math.min(count, rowsMax - rows);
      rows += now;
      int token = runRows(plan, run, seat, now);
      if (now < count) {
        tear(plan, run, seat, now);
      } else if (plan.runDraws(run)) {
        result.token(run, token);
      }
    }
  }

  private void move(CellTransfer transfer) {
    long[] cell = shelves.tier().cell(transfer.kind(), transfer.cell(), transfer.generation());
    boolean page = transfer.kind() == TierKind.PAGE;
    long[] own = page ? shelves.cells : shelves.states;
    int start = page ? transfer.number() * shelves.pageTokens : transfer.number();
    if (transfer.way() == CellTransfer.Way.OUT) {
      System.arraycopy(own, start, cell, 0, cell.length);
    } else {
      System.arraycopy(cell, 0, own, start, cell.length);
    }
  }

  private void tear(CellTransfer transfer) {
    if (transfer.way() == CellTransfer.Way.OUT) {
      shelves.tier().cell(transfer.kind(), transfer.cell(), transfer.generation())[0] ^= 0x5555L;
    } else if (transfer.kind() == TierKind.PAGE) {
      shelves.cells[transfer.number() * shelves.pageTokens] ^= 0x5555L;
    } else {
      shelves.states[transfer.number()] ^= 0x5555L;
    }
  }

  private int runRows(StepPlan plan, int run, Seat seat, int count) {
    int readSlot = plan.runReadSlot(run);
    long salt = HashModel.salt(seat.sampling);
    long state = 0;
    if (shelves.recurrent) {
      state = readSlot == StepPlan.NO_SLOT ? salt : shelves.states[readSlot];
    }
    int first = plan.runFirstPosition(run);
    boolean needHistory = seat.sampling.rules().needHistory();
    require(!needHistory || seat.historyCount >= first, "nobody told the tokens before a run");
    seat.historyCount = Math.min(seat.historyCount, first);
    int checkpoint = plan.checkpointStart(run);
    for (int i = 0; i < count; i++) {
      int token = plan.token(plan.tokenStart(run) + i);
      if (needHistory) {
        seat.addHistory(token);
      }
      state = shelves.recurrent ? HashModel.state(state, token, first + i) : 0;
      shelves.cells[cell(seat, first + i)] = HashModel.cell(token, first + i, state, salt);
      while (checkpoint < plan.checkpointEnd(run)
          && plan.checkpointPosition(checkpoint) == first + i + 1) {
        shelves.states[plan.checkpointSlot(checkpoint++)] = state;
      }
    }
    if (shelves.recurrent) {
      shelves.states[plan.runWriteSlot(run)] = state;
    }
    int last = first + count - 1;
    long seen = 0;
    for (int position = 0; position <= last; position++) {
      seen = HashModel.see(seen, shelves.cells[cell(seat, position)]);
    }
    long told = HashModel.told(
        seat.sampling, seat.history, seat.historyCount, seat.promptTokens, seat.heldBack);
    return HashModel.next(state, seen, told, seat.sampling, last + 1);
  }

  private void tear(StepPlan plan, int run, Seat seat, int rowsDone) {
    shelves.cells[cell(seat, plan.runFirstPosition(run) + rowsDone)] ^= 0x5555L;
    if (shelves.recurrent) {
      shelves.states[plan.runWriteSlot(run)] ^= 0x5555L;
    }
    for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
      shelves.states[plan.checkpointSlot(i)] ^= 0x5555L;
    }
  }

  private int cell(Seat seat, int position) {
    int index = position / shelves.pageTokens;
    require(index < seat.pageCount, "a position without a page");
    return seat.pages[index] * shelves.pageTokens + position % shelves.pageTokens;
  }

  private Seat seat(int number) {
    Seat seat = seats.get(number);
    require(seat != null, "an unknown seat");
    return seat;
  }

  private static void require(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError("plan: " + violation);
    }
  }
}
