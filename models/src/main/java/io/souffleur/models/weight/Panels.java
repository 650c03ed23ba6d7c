package io.souffleur.models.weight;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Blocks of packed weights by name, 64-byte aligned; valid until {@link #close()}. */
public final class Panels implements AutoCloseable {
  private final Map<String, MemorySegment> blocks;
  private final Runnable release;

  Panels(Map<String, MemorySegment> blocks, Runnable release) {
    this.blocks = Map.copyOf(blocks);
    this.release = release;
  }

  public MemorySegment block(String name) {
    MemorySegment block = blocks.get(name);
    if (block == null) {
      throw new IllegalStateException("no panel block " + name);
    }
    return block;
  }

  @Override
  public void close() {
    release.run();
  }
}
