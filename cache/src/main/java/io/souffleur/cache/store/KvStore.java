package io.souffleur.cache.store;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The bytes of all KV pages of a rank: page after page, each with the keys and values of every
 * attention layer for {@code pageTokens} positions.
 *
 * <p>A page is not cleared when it changes hands: attention never reads past the last written position.
 *
 * <p>Opened by the rank that writes it; the file, if there is one, is made and deleted by whoever owns
 * the run directory, and outlives the rank. Views of {@link #pool} are dead after {@link #close}.
 */
public final class KvStore implements AutoCloseable {
  private final CacheMemory memory;
  private final long pageBytes;
  private final int pages;

  private KvStore(CacheMemory memory, CacheLayout layout, CacheCapacity capacity) {
    this.memory = memory;
    this.pageBytes = layout.pageBytes();
    this.pages = capacity.pages();
  }

  /** Bytes of the whole store. */
  public static long bytes(CacheLayout layout, CacheCapacity capacity) {
    return Math.multiplyExact(layout.pageBytes(), (long) capacity.pages());
  }

  /** Zeroed memory of this process, for a rank that is a thread. */
  public static KvStore inMemory(CacheLayout layout, CacheCapacity capacity) {
    return new KvStore(CacheMemory.inMemory(bytes(layout, capacity)), layout, capacity);
  }

  /** Makes a new zeroed file with its space reserved; fails when the space is not there. */
  public static KvStore create(Path file, CacheLayout layout, CacheCapacity capacity)
      throws IOException {
    return new KvStore(CacheMemory.create(file, bytes(layout, capacity)), layout, capacity);
  }

  /** Maps a file that {@link #create} made with the same layout and capacity. */
  public static KvStore open(Path file, CacheLayout layout, CacheCapacity capacity)
      throws IOException {
    return new KvStore(CacheMemory.open(file, bytes(layout, capacity), "KV"), layout, capacity);
  }

  /** All pages, 64-byte aligned. */
  public MemorySegment pool() {
    return memory.segment();
  }

  /** Distance in bytes from one page to the next. */
  public long strideBytes() {
    return pageBytes;
  }

  public int pages() {
    return pages;
  }

  /** The bytes of one page; throws {@link IndexOutOfBoundsException} for a number the store lacks. */
  public MemorySegment page(int number) {
    if (number < 0 || number >= pages) {
      throw new IndexOutOfBoundsException("page " + number + " of " + pages);
    }
    return memory.segment().asSlice(number * pageBytes, pageBytes);
  }

  /** All bytes of {@code to} become those of {@code from}; the numbers are the caller's to check. */
  public void copyPage(int from, int to) {
    MemorySegment.copy(
        memory.segment(), from * pageBytes, memory.segment(), to * pageBytes, pageBytes);
  }

  @Override
  public void close() {
    memory.close();
  }
}
