package io.souffleur.multimodal.prepare;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Where patches are written. Thread-safe: decoders of several images ask at once. */
public interface PatchMemory {
  /** Memory of at least {@code bytes}; empty when there is none just now. Does not block. */
  Optional<MemorySegment> take(long bytes);

  /** Takes back memory whose image nobody gets. Called when no decoder writes to it any more. */
  void giveBack(MemorySegment patches);
}
