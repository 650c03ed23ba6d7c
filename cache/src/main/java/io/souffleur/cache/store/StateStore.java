package io.souffleur.cache.store;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The bytes of all recurrent-state slots of a rank: slot after slot, each with the state and the
 * convolution window of every recurrent layer.
 *
 * <p>A slot is not cleared when it changes hands: the first step of a sequence reads no slot, which
 * means zero, and writes one completely.
 *
 * <p>Opened by the rank that writes it; the file, if there is one, is made and deleted by whoever owns
 * the run directory, and outlives the rank. Views of {@link #pool} are dead after {@link #close}.
 */
public final class StateStore implements AutoCloseable {
  private final CacheMemory memory;
  private final long slotBytes;
  private final int slots;

  private StateStore(CacheMemory memory, CacheLayout layout, CacheCapacity capacity) {
    this.memory = memory;
    this.slotBytes = layout.slotBytes();
    this.slots = capacity.slots();
  }

  /** Bytes of the whole store. */
  public static long bytes(CacheLayout layout, CacheCapacity capacity) {
    return Math.multiplyExact(layout.slotBytes(), (long) capacity.slots());
  }

  /** Zeroed memory of this process, for a rank that is a thread. */
  public static StateStore inMemory(CacheLayout layout, CacheCapacity capacity) {
    return new StateStore(CacheMemory.inMemory(bytes(layout, capacity)), layout, capacity);
  }

  /** Makes a new zeroed file with its space reserved; fails when the space is not there. */
  public static StateStore create(Path file, CacheLayout layout, CacheCapacity capacity)
      throws IOException {
    return new StateStore(CacheMemory.create(file, bytes(layout, capacity)), layout, capacity);
  }

  /** Maps a file that {@link #create} made with the same layout and capacity. */
  public static StateStore open(Path file, CacheLayout layout, CacheCapacity capacity)
      throws IOException {
    return new StateStore(
        CacheMemory.open(file, bytes(layout, capacity), "recurrent-state"), layout, capacity);
  }

  /** All slots, 64-byte aligned. */
  public MemorySegment pool() {
    return memory.segment();
  }

  /** Distance in bytes from one slot to the next. */
  public long strideBytes() {
    return slotBytes;
  }

  public int slots() {
    return slots;
  }

  /** The bytes of one slot; throws {@link IndexOutOfBoundsException} for a number the store lacks. */
  public MemorySegment slot(int number) {
    if (number < 0 || number >= slots) {
      throw new IndexOutOfBoundsException("slot " + number + " of " + slots);
    }
    return memory.segment().asSlice(number * slotBytes, slotBytes);
  }

  @Override
  public void close() {
    memory.close();
  }
}
