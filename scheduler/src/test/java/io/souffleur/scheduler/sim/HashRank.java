package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A rank that runs plans on the shelves with the hash model. Knows what plans told it, nothing else. */
final class HashRank {
  private record Seat(
      SamplingSpec sampling,
      int promptTokens,
      int heldBack,
      List<Integer> pages,
      List<Integer> history) {}

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
      seats.put(
          plan.admittedSeat(i),
          new Seat(
              plan.admittedSampling(i),
              plan.admittedPromptTokens(i),
              plan.admittedHeldBack(i).length,
              new ArrayList<>(),
              history(plan, i)));
    }
    for (int i = 0; i < plan.pageCount(); i++) {
      seat(plan.pageSeat(i)).pages().add(plan.pageNumber(i));
    }
  }

  private static List<Integer> history(StepPlan plan, int admit) {
    List<Integer> history = new ArrayList<>();
    for (int i = plan.historyStart(admit); i < plan.historyEnd(admit); i++) {
      history.add(plan.historyToken(i));
    }
    return history;
  }

  /** Everything that may never be in a plan, whatever tokens come out. */
  void check(StepPlan plan) {
    Set<Integer> read = new HashSet<>();
    Set<Integer> written = new HashSet<>();
    Set<Integer> pages = new HashSet<>();
    for (int run = 0; run < plan.runCount(); run++) {
      Seat seat = seat(plan.runSeat(run));
      require(plan.tokenEnd(run) > plan.tokenStart(run), "an empty run");
      require(
          !shelves.recurrent || written.add(plan.runWriteSlot(run)),
          "slot " + plan.runWriteSlot(run) + " is written twice");
      read.add(plan.runReadSlot(run));
      require(
          !shelves.recurrent
              || (plan.runReadSlot(run) == StepPlan.NO_SLOT) == (plan.runFirstPosition(run) == 0),
          "a run at position " + plan.runFirstPosition(run) + " reads slot "
              + plan.runReadSlot(run));
      seat.pages().forEach(page -> require(pages.add(page), "page " + page + " has two readers"));
    }
    read.retainAll(written);
    require(!shelves.recurrent || read.isEmpty(), "slots " + read + " are read and written");
  }

  /**
   * Computes the rows {@code [0, rowsMax)} of the step. When the last of them is inside the step, what
   * it wrote is torn, as after a kill.
   */
  void run(StepPlan plan, int rowsMax, StepResult result) {
    result.reset(plan);
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

  private int runRows(StepPlan plan, int run, Seat seat, int count) {
    int readSlot = plan.runReadSlot(run);
    long state = shelves.recurrent && readSlot != StepPlan.NO_SLOT ? shelves.states[readSlot] : 0;
    int first = plan.runFirstPosition(run);
    if (seat.sampling().rules().needHistory()) {
      require(seat.history().size() >= first, "nobody told the tokens up to " + first);
      seat.history().subList(first, seat.history().size()).clear();
    }
    for (int i = 0; i < count; i++) {
      int token = plan.token(plan.tokenStart(run) + i);
      seat.history().add(token);
      state = shelves.recurrent ? HashModel.state(state, token, first + i) : 0;
      shelves.cells[cell(seat, first + i)] = HashModel.cell(token, first + i, state);
    }
    if (shelves.recurrent) {
      shelves.states[plan.runWriteSlot(run)] = state;
    }
    int last = first + count - 1;
    long seen = 0;
    for (int position = 0; position <= last; position++) {
      seen = HashModel.see(seen, shelves.cells[cell(seat, position)]);
    }
    long told =
        HashModel.told(seat.sampling(), seat.history(), seat.promptTokens(), seat.heldBack());
    return HashModel.next(state, seen, told, seat.sampling(), last + 1);
  }

  private void tear(StepPlan plan, int run, Seat seat, int rowsDone) {
    shelves.cells[cell(seat, plan.runFirstPosition(run) + rowsDone)] ^= 0x5555L;
    if (shelves.recurrent) {
      shelves.states[plan.runWriteSlot(run)] ^= 0x5555L;
    }
  }

  private int cell(Seat seat, int position) {
    int index = position / shelves.pageTokens;
    require(
        index < seat.pages().size(),
        "position " + position + " with " + seat.pages().size() + " pages");
    return seat.pages().get(index) * shelves.pageTokens + position % shelves.pageTokens;
  }

  private Seat seat(int number) {
    Seat seat = seats.get(number);
    require(seat != null, "seat " + number + " is unknown");
    return seat;
  }

  private static void require(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError("plan: " + violation);
    }
  }
}
