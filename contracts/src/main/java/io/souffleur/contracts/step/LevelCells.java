package io.souffleur.contracts.step;

import java.lang.foreign.MemorySegment;

/** Shared memory through which levels of patch images reach a rank. On the engine loop's thread alone. */
public interface LevelCells {
  /** Answer of {@link #claim} when every cell is taken. */
  int NONE = -1;

  /** Takes a free cell, or {@link #NONE}. */
  int claim();

  /** The bytes of a claimed cell, to be written before a plan names it. */
  MemorySegment memory(int cell);

  /** How often the cell was claimed or released; stands in plans. */
  long generation(int cell);

  /** Gives a cell back; plans that name it are stale from now on. */
  void release(int cell);
}
