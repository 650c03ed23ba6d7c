package io.souffleur.cache.tier;

import io.souffleur.contracts.tier.TierPort;
import java.lang.foreign.MemorySegment;

/**
 * Shared memory in equal cells, through which bytes travel between a rank and a {@link TierLoop}.
 *
 * <p>Claimed and released by the engine loop; read and written by whoever it gave the cell to.
 */
public interface TierCells extends AutoCloseable {
  /** Takes a free cell, or {@link TierPort#NO_CELL}. */
  int claim();

  /** How often the claimed cell was claimed. */
  long generation(int cell);

  void release(int cell);

  /** The payload bytes of a claimed cell. */
  MemorySegment memory(int cell);

  /** How many cells there are. */
  int count();

  /** Payload bytes of a cell. */
  int bytes();

  /** Called once, when neither the engine loop nor the tier loop uses the memory any more. */
  @Override
  void close();
}
