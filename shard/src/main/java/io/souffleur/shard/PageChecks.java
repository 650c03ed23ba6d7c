package io.souffleur.shard;

import io.souffleur.contracts.step.StepPlan;
import java.util.Arrays;

/**
 * Compares the pages that a plan writes with each other: one run at most writes a page, and pages are
 * copied only to where a run begins inside a page. Owned by the rank's loop.
 *
 * <p>A page may be copied from while a run goes on behind the copied rows: those rows are not read.
 */
final class PageChecks {
  private static final long NEVER = -1;

  private final SeatTable seats;
  private final int pageTokens;
  private final long[] written;
  private final long[] enteredInside;
  private final long[] copiedTo;
  private long serial;

  PageChecks(SeatTable seats, int pageTokens, int pages) {
    this.seats = seats;
    this.pageTokens = pageTokens;
    written = new long[pages];
    enteredInside = new long[pages];
    copiedTo = new long[pages];
    Arrays.fill(written, NEVER);
    Arrays.fill(enteredInside, NEVER);
    Arrays.fill(copiedTo, NEVER);
  }

  /**
   * Looks at the pages of a plan whose seats and positions are known to be right.
   *
   * @throws PlanViolation naming the first page that is wrong
   */
  void check(StepPlan plan) {
    serial++;
    for (int run = 0; run < plan.runCount(); run++) {
      checkRun(plan, run);
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      int to = plan.copiedTo(i);
      requirePage(plan.copiedFrom(i), i);
      requirePage(to, i);
      if (enteredInside[to] != serial || copiedTo[to] == serial) {
        throw new PlanViolation("copy " + i + " goes to page " + to
            + ", in whose middle no run begins or to which another copy goes");
      }
      copiedTo[to] = serial;
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      if (copiedTo[plan.copiedFrom(i)] == serial) {
        throw new PlanViolation("copy " + i + " comes from page " + plan.copiedFrom(i)
            + ", to which another copy goes");
      }
    }
  }

  private void checkRun(StepPlan plan, int run) {
    int seat = plan.runSeat(run);
    int first = plan.runFirstPosition(run);
    int end = first + plan.tokenEnd(run) - plan.tokenStart(run);
    for (int index = first / pageTokens; index * pageTokens < end; index++) {
      int page = seats.page(seat, index);
      if (written[page] == serial) {
        throw new PlanViolation(
            "run " + run + " of seat " + seat + " writes page " + page + ", as another run does");
      }
      written[page] = serial;
    }
    if (first % pageTokens != 0) {
      enteredInside[seats.page(seat, first / pageTokens)] = serial;
    }
  }

  private void requirePage(int page, int copy) {
    if (page < 0 || page >= written.length) {
      throw new PlanViolation(
          "page " + page + " of copy " + copy + ", the store has " + written.length);
    }
  }
}
