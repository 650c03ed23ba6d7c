package io.souffleur.shard;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.CellTransfer.Way;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.transport.ArenaCells;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Copies pages and states between the stores of a rank and the cells of the tier, as plans say. Owned by
 * the rank's loop.
 *
 * <p>What comes in is read and written by nothing else in the plan; a slot that goes out is not written.
 * A page that goes out may be written behind the rows that its name covers: those stay as they are. So a
 * step with transfers can run again like any other.
 */
final class CellTransfers {
  private final KvStore kv;
  private final StateStore states;
  private final SeatTable seats;
  private final int pageTokens;
  private final Map<TierKind, ArenaCells> cells = new EnumMap<>(TierKind.class);
  private final long[] pageTaken;
  private final long[] slotTaken;
  private final long[] slotOut;
  private long serial;

  CellTransfers(KvStore kv, StateStore states, SeatTable seats, int pageTokens) {
    this.kv = kv;
    this.states = states;
    this.seats = seats;
    this.pageTokens = pageTokens;
    pageTaken = new long[kv.pages()];
    slotTaken = new long[states.slots()];
    slotOut = new long[states.slots()];
  }

  void connect(Map<TierKind, ArenaCells> arenas) {
    cells.putAll(arenas);
  }

  /** Throws {@link PlanViolation} naming the first transfer that is wrong. */
  void check(StepPlan plan) {
    if (plan.transferCount() == 0) {
      return;
    }
    serial++;
    if (plan.transferCount() > CellTransfer.PLAN_MAX) {
      throw new PlanViolation(
          plan.transferCount() + " transfers, allowed are " + CellTransfer.PLAN_MAX);
    }
    for (int i = 0; i < plan.transferCount(); i++) {
      checkTransfer(plan.transfer(i), plan.epoch());
    }
    for (int i = 0; i < plan.transferCount(); i++) {
      CellTransfer transfer = plan.transfer(i);
      require(transfer.way() == Way.IN || !isTaken(transfer), transfer, "goes out and comes in");
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      requireFreePage(plan.copiedFrom(i));
      requireFreePage(plan.copiedTo(i));
    }
    for (int run = 0; run < plan.runCount(); run++) {
      checkRun(plan, run);
    }
  }

  private void checkTransfer(CellTransfer transfer, long epoch) {
    boolean page = transfer.kind() == TierKind.PAGE;
    int total = page ? kv.pages() : states.slots();
    long bytes = page ? kv.strideBytes() : states.strideBytes();
    require(transfer.number() >= 0 && transfer.number() < total, transfer, "of " + total);
    require(transfer.bytes() == bytes, transfer, "where one has " + bytes + " B");
    require(memory(transfer, epoch).isPresent(), transfer, "in a cell that is not current");
    if (transfer.way() == Way.IN) {
      require(!isTaken(transfer), transfer, "comes in twice");
      (page ? pageTaken : slotTaken)[transfer.number()] = serial;
    } else if (!page) {
      slotOut[transfer.number()] = serial;
    }
  }

  private boolean isTaken(CellTransfer transfer) {
    long[] taken = transfer.kind() == TierKind.PAGE ? pageTaken : slotTaken;
    return taken[transfer.number()] == serial;
  }

  private void checkRun(StepPlan plan, int run) {
    int rows = plan.tokenEnd(run) - plan.tokenStart(run);
    int pages = Math.ceilDiv(plan.runFirstPosition(run) + rows, pageTokens);
    for (int i = 0; i < pages; i++) {
      requireFreePage(seats.page(plan.runSeat(run), i));
    }
    requireFreeSlot(plan.runReadSlot(run), false);
    requireFreeSlot(plan.runWriteSlot(run), true);
    for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
      requireFreeSlot(plan.checkpointSlot(i), true);
    }
  }

  private void requireFreePage(int page) {
    if (pageTaken[page] == serial) {
      throw new PlanViolation("page " + page + " comes in and is used in the same step");
    }
  }

  private void requireFreeSlot(int slot, boolean written) {
    if (slot >= 0
        && slot < slotTaken.length
        && (slotTaken[slot] == serial || (written && slotOut[slot] == serial))) {
      throw new PlanViolation("slot " + slot + " is moved and used in the same step");
    }
  }

  private static void require(boolean holds, CellTransfer transfer, String what) {
    if (!holds) {
      throw new PlanViolation(transfer + " " + what);
    }
  }

  private Optional<MemorySegment> memory(CellTransfer transfer, long epoch) {
    ArenaCells arena = cells.get(transfer.kind());
    return arena == null ? Optional.empty() : arena.memory(transfer, epoch);
  }

  /** Moves the bytes of a plan that was checked. */
  void move(StepPlan plan) {
    for (int i = 0; i < plan.transferCount(); i++) {
      CellTransfer transfer = plan.transfer(i);
      MemorySegment cell = memory(transfer, plan.epoch())
          .orElseThrow(() -> new IllegalStateException(transfer + " lost its cell"));
      MemorySegment own = transfer.kind() == TierKind.PAGE
          ? kv.page(transfer.number())
          : states.slot(transfer.number());
      if (transfer.way() == Way.OUT) {
        cell.copyFrom(own);
      } else {
        own.copyFrom(cell);
      }
    }
  }
}
