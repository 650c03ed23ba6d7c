package io.souffleur.models.weight;

import io.souffleur.models.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where packed weights are kept: in a folder between runs, or in memory for one. */
public interface PanelStore {
  /**
   * Number of the byte layout of panel files; part of their key. Raise it when blocks of equal names
   * and sizes get another meaning.
   */
  int LAYOUT_VERSION = 1;

  /**
   * The blocks of {@code specs}, filled by their fillers unless they are kept under {@code key}.
   *
   * @param key names kernel set, weight content and compute type
   */
  Panels open(String key, List<PanelSpec> specs, Progress progress) throws IOException;

  /** Remembers digests of weight files, if this store can. */
  default DigestMemory digests() {
    return DigestMemory.NONE;
  }

  /** Keeps panels in the files of {@code folder}, which is made when it is needed. */
  static PanelStore inFolder(Path folder) {
    return new PanelFolder(folder);
  }

  /** Packs anew at every load, into memory of its own. */
  static PanelStore inMemory() {
    return (key, specs, progress) -> {
      Arena arena = Arena.ofShared();
      try {
        Map<String, MemorySegment> blocks = new HashMap<>();
        long total = specs.stream().mapToLong(PanelSpec::bytes).sum();
        long done = 0;
        for (PanelSpec spec : specs) {
          MemorySegment block = arena.allocate(spec.bytes(), 64);
          spec.filler().fill(block);
          blocks.put(spec.name(), block);
          done += spec.bytes();
          progress.onBytes(done, total);
        }
        return new Panels(blocks, arena::close);
      } catch (IOException | RuntimeException failure) {
        arena.close();
        throw failure;
      }
    };
  }
}
