package io.souffleur.kernels.team;

/** Work that is cut into numbered chunks, each run once by one worker. */
@FunctionalInterface
public interface ChunkTask {
  /**
   * Runs one chunk.
   *
   * @param worker number of the thread that runs it, in [0, threads); 0 is the caller
   * @param chunk number of the chunk
   */
  void run(int worker, int chunk);
}
