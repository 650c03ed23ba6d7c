package io.souffleur.kernels.nativecpu;

import java.lang.foreign.Arena;

/** A block of native memory that grows when a call needs more than any call before it. */
final class Scratch implements AutoCloseable {
  private static final long ALIGNMENT_BYTES = 64;

  private Arena arena = Arena.ofShared();
  private long address;
  private long bytes;

  /** Address of at least {@code needed} bytes; what lay there before is lost when the block grows. */
  long atLeast(long needed) {
    if (needed > bytes) {
      Arena larger = Arena.ofShared();
      long grown = Math.max(needed, Math.min(2 * bytes, needed + (64L << 20)));
      address = larger.allocate(grown, ALIGNMENT_BYTES).address();
      bytes = grown;
      arena.close();
      arena = larger;
    }
    return address;
  }

  @Override
  public void close() {
    arena.close();
    bytes = 0;
  }
}
