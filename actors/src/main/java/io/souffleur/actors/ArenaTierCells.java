package io.souffleur.actors;

import io.souffleur.cache.tier.TierCells;
import io.souffleur.transport.SlotArena;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/** The slots of an arena as cells of a tier. As the arena, claimed and released by one thread. */
final class ArenaTierCells implements TierCells {
  private final SlotArena arena;
  private final int bytes;

  ArenaTierCells(SlotArena arena, int bytes) {
    this.arena = arena;
    this.bytes = bytes;
  }

  @Override
  public int claim() {
    return arena.claim();
  }

  @Override
  public long generation(int cell) {
    return arena.generation(cell);
  }

  @Override
  public void release(int cell) {
    arena.release(cell);
  }

  @Override
  public MemorySegment memory(int cell) {
    return arena.memory(cell).asSlice(0, bytes);
  }

  @Override
  public int count() {
    return arena.slots();
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public void close() {
    try {
      arena.close();
    } catch (IOException left) {
      throw new UncheckedIOException("an arena's file was left: " + left.getMessage(), left);
    }
  }
}
