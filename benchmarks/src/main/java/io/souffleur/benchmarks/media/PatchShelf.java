package io.souffleur.benchmarks.media;

import io.souffleur.multimodal.prepare.PatchMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/** A few places of one size, taken at the start and used again and again. */
final class PatchShelf implements PatchMemory, AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final ArrayBlockingQueue<MemorySegment> free;
  private final int shelves;

  PatchShelf(int shelves, long bytes) {
    this.shelves = shelves;
    this.free = new ArrayBlockingQueue<>(shelves);
    for (int i = 0; i < shelves; i++) {
      free.add(arena.allocate(bytes));
    }
  }

  int shelves() {
    return shelves;
  }

  @Override
  public Optional<MemorySegment> take(long bytes) {
    return Optional.ofNullable(free.poll());
  }

  @Override
  public void giveBack(MemorySegment patches) {
    free.add(patches);
  }

  @Override
  public void close() {
    arena.close();
  }
}
