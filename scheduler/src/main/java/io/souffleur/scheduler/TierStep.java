package io.souffleur.scheduler;

import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierPort;
import java.util.ArrayList;
import java.util.List;

/** The transfers of the step that is planned or in flight, under its budget. Owned by the engine loop. */
final class TierStep {
  private final TierPort port;
  private final List<Move> moves = new ArrayList<>();
  private long bytes;

  /** A transfer, and what becomes of it when the step was applied or called off. */
  record Move(CellTransfer transfer, Runnable applied, Runnable calledOff) {}

  TierStep(TierPort port) {
    this.port = port;
  }

  /** Whether one more page or state keeps the step's bytes below a limit; the first one always does. */
  boolean hasRoom(TierKind kind, long bytesMax) {
    return moves.isEmpty()
        || (moves.size() < CellTransfer.PLAN_MAX && bytes + port.cellBytes(kind) <= bytesMax);
  }

  /** Moves {@code number} out of, or into, the stores. */
  void add(
      TierKind kind,
      CellTransfer.Way way,
      int number,
      int cell,
      Runnable applied,
      Runnable calledOff) {
    var transfer = new CellTransfer(
        kind, way, number, cell, port.generation(kind, cell), port.cellBytes(kind));
    moves.add(new Move(transfer, applied, calledOff));
    bytes += transfer.bytes();
  }

  boolean isEmpty() {
    return moves.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  /** Adds the transfers to the plan, as often as it is written. */
  void write(StepPlan plan) {
    for (int i = 0; i < moves.size(); i++) {
      plan.addTransfer(moves.get(i).transfer());
    }
  }

  void applied() {
    if (!moves.isEmpty()) {
      taken().forEach(move -> move.applied().run());
    }
  }

  void calledOff() {
    if (!moves.isEmpty()) {
      taken().forEach(move -> move.calledOff().run());
    }
  }

  private List<Move> taken() {
    List<Move> taken = List.copyOf(moves);
    moves.clear();
    bytes = 0;
    return taken;
  }
}
