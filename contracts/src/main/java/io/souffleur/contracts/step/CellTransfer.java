package io.souffleur.contracts.step;

import io.souffleur.contracts.tier.TierKind;

/**
 * Bytes that a step copies between a page or slot of the rank's stores and a cell of shared memory, from
 * where, or to where, the tier takes them.
 *
 * @param kind what is copied, and whose cells
 * @param way out of the store or into it
 * @param number page or slot
 * @param cell belongs to this step until it was applied
 * @param generation how often the cell was claimed; a cell claimed again is not the one that was meant
 * @param bytes of a whole page or slot
 */
public record CellTransfer(
    TierKind kind, Way way, int number, int cell, long generation, int bytes) {
  /** Transfers of one plan. */
  public static final int PLAN_MAX = 64;

  /** Which way the bytes go. */
  public enum Way {
    /** From the store to the cell; nothing in the plan writes the page or slot. */
    OUT,
    /** From the cell to the store; nothing else in the plan reads or writes the page or slot. */
    IN
  }
}
