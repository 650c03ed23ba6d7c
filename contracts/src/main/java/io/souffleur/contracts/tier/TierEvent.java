package io.souffleur.contracts.tier;

/** What a tier tells the engine loop, in the order in which it happened. */
public sealed interface TierEvent {
  /** A record is there to be read; said once for each that an earlier run or epoch left. */
  record Kept(TierName name, long record) implements TierEvent {}

  /** What was asked for by {@link TierPort#offerWrite} is done; the cell is the engine loop's again.
   *
   * @param record {@link TierPort#NO_RECORD} when it could not be kept
   */
  record Written(TierKind kind, int cell, long record) implements TierEvent {}

  /** What was asked for by {@link TierPort#offerRead} is done; the cell is the engine loop's again.
   *
   * @param whole whether the cell now has exactly the bytes that were written under that name
   */
  record Read(TierKind kind, int cell, boolean whole) implements TierEvent {}

  /** All records of a segment are gone; see {@link TierPort#segment}. */
  record Dropped(TierKind kind, int segment) implements TierEvent {}
}
