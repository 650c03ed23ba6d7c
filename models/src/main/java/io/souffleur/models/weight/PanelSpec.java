package io.souffleur.models.weight;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * One block of packed bytes of a panel file.
 *
 * @param name unique in its file
 * @param bytes its length, a multiple of 64
 * @param filler called when the file does not exist yet
 */
public record PanelSpec(String name, long bytes, Filler filler) {
  /** Writes a block completely. */
  @FunctionalInterface
  public interface Filler {
    void fill(MemorySegment block) throws IOException;
  }

  public PanelSpec {
    if (bytes <= 0 || bytes % 64 != 0) {
      throw new IllegalArgumentException("panel block " + name + " of " + bytes + " B");
    }
  }
}
