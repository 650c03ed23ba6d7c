package io.souffleur.contracts.tier;

import java.util.function.Consumer;

/**
 * The engine loop's view of the tier: cells through which bytes travel, and records that are written and
 * read elsewhere, in their own time. No method waits.
 *
 * <pre>
 *   out:  claim cell → a step copies page → cell  → offerWrite … Written → release cell
 *   in:   claim cell → offerRead … Read → a step copies cell → page → release cell
 * </pre>
 *
 * <p>A cell belongs to the engine loop from its claim to its release, except between an offer that was
 * taken and its event. All methods are the engine loop's.
 */
public interface TierPort {
  /** No cell is free. */
  int NO_CELL = -1;

  /** Nothing is kept. */
  long NO_RECORD = -1;

  /** Names what the bytes of records depend on beside tokens: model, layout, numerics. */
  PrefixDigest key();

  /** Whether records of this kind are kept at all; the methods below are for kinds that are. */
  boolean keeps(TierKind kind);

  /** How many cells there are. */
  int cells(TierKind kind);

  /** Bytes of a cell that a page or state takes: all of a page or slot. */
  int cellBytes(TierKind kind);

  /** Takes a free cell, or {@link #NO_CELL}. */
  int claim(TierKind kind);

  /** How often the claimed cell was claimed; makes handles of earlier claims worthless. */
  long generation(TierKind kind, int cell);

  void release(TierKind kind, int cell);

  /** Asks for the bytes of {@code cell} to be kept; false when too much was asked for already. */
  boolean offerWrite(TierName name, int cell);

  /** Asks for a record to be read into {@code cell}; false when too much was asked for already. */
  boolean offerRead(TierName name, long record, int cell);

  /** Asks that everything be forgotten; false when too much was asked for already. */
  boolean offerClear();

  /** Tells what was kept before; called once, before the first {@link #poll}. */
  void recall(Consumer<TierEvent.Kept> kept);

  /** Delivers at most {@code limit} events; returns how many. */
  int poll(Consumer<TierEvent> listener, int limit);

  /** A tier that keeps nothing. */
  TierPort NONE = new NoTier();

  /** The segment of a record. */
  static int segment(long record) {
    return (int) (record >>> 32);
  }
}
