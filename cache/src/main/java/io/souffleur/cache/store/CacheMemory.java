package io.souffleur.cache.store;

import io.souffleur.tensor.MappedFile;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Zeroed memory of a store and whatever keeps it alive: a mapped file or an arena of this process. */
record CacheMemory(MemorySegment segment, AutoCloseable owner) {
  static CacheMemory inMemory(long bytes) {
    Arena arena = Arena.ofShared();
    try {
      return new CacheMemory(arena.allocate(bytes, Tensor.ALIGNMENT_BYTES), arena);
    } catch (RuntimeException | OutOfMemoryError failure) {
      arena.close();
      throw failure;
    }
  }

  static CacheMemory create(Path file, long bytes) throws IOException {
    return of(MappedFile.create(file, bytes));
  }

  /** @throws IOException when the file does not have exactly {@code bytes} bytes */
  static CacheMemory open(Path file, long bytes, String noun) throws IOException {
    MappedFile mapped = MappedFile.openShared(file);
    if (mapped.bytes() != bytes) {
      long found = mapped.bytes();
      mapped.close();
      throw new IOException(noun + " file " + file + " has " + found
          + " B, the cache layout asks for " + bytes + " B");
    }
    return of(mapped);
  }

  private static CacheMemory of(MappedFile mapped) {
    return new CacheMemory(mapped.memory(), mapped);
  }

  void close() {
    switch (owner) {
      case Arena arena -> arena.close();
      case MappedFile mapped -> mapped.close();
      default -> throw new IllegalStateException("unknown owner " + owner);
    }
  }
}
