package io.souffleur.shard;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepPlan;
import java.util.Arrays;

/**
 * What a rank remembers between steps: per seat the pages in position order and how to draw, and
 * the tokens that penalties look at.
 *
 * <p>Told by plans alone, and therefore empty in a new rank. Page lists grow to the longest sequence and
 * stay. Owned by the rank's loop.
 */
final class SeatTable {
  private static final int[] NO_PAGES = {};
  private static final int FIRST_PAGES = 16;

  private final ShardLimits limits;
  private final int storePages;
  private final int[][] pages;
  private final int[] pageCounts;
  private final SamplingSpec[] sampling;
  private final int[] promptTokens;
  private final int[][] heldBack;
  private final SeatHistories histories;

  /**
   * @param storePages pages of the store, numbered from 0
   * @param pageTokens positions of a page
   */
  SeatTable(ShardLimits limits, int storePages, int pageTokens) {
    this.limits = limits;
    this.storePages = storePages;
    pages = new int[limits.seatsMax()][];
    Arrays.fill(pages, NO_PAGES);
    pageCounts = new int[limits.seatsMax()];
    sampling = new SamplingSpec[limits.seatsMax()];
    promptTokens = new int[limits.seatsMax()];
    heldBack = new int[limits.seatsMax()][];
    histories =
        new SeatHistories(limits.seatsMax(), Math.multiplyExact(limits.seatPagesMax(), pageTokens));
  }

  /** Applies drops, admissions and new pages, in this order. */
  void learn(StepPlan plan) {
    for (int i = 0; i < plan.dropCount(); i++) {
      sampling[checkedSeat(plan.droppedSeat(i))] = null;
      heldBack[plan.droppedSeat(i)] = null;
    }
    for (int i = 0; i < plan.admitCount(); i++) {
      int seat = checkedSeat(plan.admittedSeat(i));
      sampling[seat] = plan.admittedSampling(i);
      promptTokens[seat] = plan.admittedPromptTokens(i);
      heldBack[seat] = plan.admittedHeldBack(i);
      histories.admit(plan, i, seat, sampling[seat].rules());
      pageCounts[seat] = 0;
    }
    for (int i = 0; i < plan.pageCount(); i++) {
      addPage(takenSeat(plan.pageSeat(i)), plan.pageNumber(i));
    }
  }

  private void addPage(int seat, int page) {
    if (page < 0 || page >= storePages) {
      throw new PlanViolation(
          "page " + page + " of seat " + seat + ", the store has " + storePages);
    }
    int count = pageCounts[seat];
    if (count == limits.seatPagesMax()) {
      throw new PlanViolation(
          "seat " + seat + " gets more than " + limits.seatPagesMax() + " pages");
    }
    if (count == pages[seat].length) {
      int grown = Math.min(limits.seatPagesMax(), Math.max(FIRST_PAGES, 2 * count));
      pages[seat] = Arrays.copyOf(pages[seat], grown);
    }
    pages[seat][count] = page;
    pageCounts[seat] = count + 1;
  }

  private int checkedSeat(int seat) {
    if (seat < 0 || seat >= limits.seatsMax()) {
      throw new PlanViolation("seat " + seat + ", this rank has " + limits.seatsMax());
    }
    return seat;
  }

  /** {@code seat}, if somebody sits there. */
  int takenSeat(int seat) {
    if (sampling[checkedSeat(seat)] == null) {
      throw new PlanViolation("seat " + seat + " is empty");
    }
    return seat;
  }

  int pageCount(int seat) {
    return pageCounts[seat];
  }

  int page(int seat, int index) {
    return pages[seat][index];
  }

  SamplingSpec sampling(int seat) {
    return sampling[seat];
  }

  /** Position at which the seat's output begins. */
  int promptTokens(int seat) {
    return promptTokens[seat];
  }

  /** Ids that are not drawn before the output has its least length. */
  int[] heldBack(int seat) {
    return heldBack[seat];
  }

  SeatHistories histories() {
    return histories;
  }
}
