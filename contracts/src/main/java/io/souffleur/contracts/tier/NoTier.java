package io.souffleur.contracts.tier;

import java.util.function.Consumer;

/** The tier of a replica without one: keeps nothing, has no cells, and no news. */
final class NoTier implements TierPort {
  private static final PrefixDigest KEY = new PrefixDigest(0, 0, 0, 0);

  @Override
  public PrefixDigest key() {
    return KEY;
  }

  @Override
  public boolean keeps(TierKind kind) {
    return false;
  }

  @Override
  public int cells(TierKind kind) {
    return 0;
  }

  @Override
  public int cellBytes(TierKind kind) {
    return 0;
  }

  @Override
  public int claim(TierKind kind) {
    return NO_CELL;
  }

  @Override
  public long generation(TierKind kind, int cell) {
    throw new IllegalStateException("no cells, so no cell " + cell);
  }

  @Override
  public void release(TierKind kind, int cell) {
    throw new IllegalStateException("no cells, so no cell " + cell);
  }

  @Override
  public boolean offerWrite(TierName name, int cell) {
    return false;
  }

  @Override
  public boolean offerRead(TierName name, long record, int cell) {
    return false;
  }

  @Override
  public boolean offerClear() {
    return true;
  }

  @Override
  public void recall(Consumer<TierEvent.Kept> kept) {
    // Nothing was kept.
  }

  @Override
  public int poll(Consumer<TierEvent> listener, int limit) {
    return 0;
  }
}
