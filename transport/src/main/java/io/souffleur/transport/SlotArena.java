package io.souffleur.transport;

import io.souffleur.contracts.step.LevelCells;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.MappedFile;
import io.souffleur.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Equal cells of shared memory through which tensors too large for a message reach another process.
 *
 * <pre>
 *   free ──claim──▶ claimed ──write, handle──▶ read by others ──release──▶ free
 * </pre>
 *
 * <p>One owner claims and releases, on one thread; any number of processes read by {@link ArenaReader}. A
 * slot is released when the step that used it has been applied, never by a reader: a dead reader leaks
 * nothing, and a step can run again. No free slot is back pressure, never an allocation. From its release
 * on, every handle of a slot is stale.
 */
public final class SlotArena implements LevelCells, AutoCloseable {
  private final MappedFile file;
  private final MemorySegment memory;
  private final int arena;
  private final int slots;
  private final long slotBytes;
  private final long epoch;
  private final int[] free;
  private int freeCount;

  private SlotArena(MappedFile file, int arena, int slots, long slotBytes, long epoch) {
    this.file = file;
    this.memory = file.memory();
    this.arena = arena;
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.epoch = epoch;
    free = new int[slots];
    for (int slot = slots - 1; slot >= 0; slot--) {
      free[freeCount++] = slot;
    }
  }

  /**
   * Makes the file, which must not exist, and reserves its space.
   *
   * @param slotBytes a multiple of 64
   */
  public static SlotArena create(Path path, int arena, int slots, long slotBytes, long epoch)
      throws IOException {
    if (slots < 1 || slotBytes < 1 || slotBytes % SlotHeader.ALIGNMENT_BYTES != 0) {
      throw new IllegalArgumentException("an arena needs slots of a multiple of "
          + SlotHeader.ALIGNMENT_BYTES + " B, got " + slots + " slots of " + slotBytes + " B");
    }
    MappedFile file = MappedFile.create(path, SlotHeader.fileBytes(slots, slotBytes));
    SlotHeader.write(file.memory(), arena, slots, slotBytes, epoch);
    return new SlotArena(file, arena, slots, slotBytes, epoch);
  }

  /** Takes a free slot, or {@link #NONE}. */
  @Override
  public int claim() {
    if (freeCount == 0) {
      return NONE;
    }
    int slot = free[--freeCount];
    SlotHeader.generation(memory, slot, SlotHeader.generation(memory, slot) + 1);
    return slot;
  }

  /** The bytes of a claimed slot. */
  @Override
  public MemorySegment memory(int slot) {
    requireClaimed(slot);
    return memory.asSlice(SlotHeader.slotOffset(slots, slot, slotBytes), slotBytes);
  }

  /** Names what was written into a claimed slot; may be sent from now on. */
  public TensorHandle handle(int slot, long byteOffset, DType dtype, Shape shape) {
    requireClaimed(slot);
    long end = Math.addExact(byteOffset, dtype.bytes(shape.elements()));
    if (byteOffset < 0 || end > slotBytes) {
      throw new IllegalArgumentException(dtype + " " + shape + " at byte " + byteOffset
          + " does not fit a slot of " + slotBytes + " B");
    }
    long generation = SlotHeader.generation(memory, slot);
    return new TensorHandle(arena, slot, generation, byteOffset, dtype, shape, epoch);
  }

  /** How often the claimed slot was claimed or released; stands in its handles. */
  @Override
  public long generation(int slot) {
    requireClaimed(slot);
    return SlotHeader.generation(memory, slot);
  }

  public int slots() {
    return slots;
  }

  /** Gives the slot back; its handles are stale from now on. */
  @Override
  public void release(int slot) {
    requireClaimed(slot);
    SlotHeader.generation(memory, slot, SlotHeader.generation(memory, slot) + 1);
    free[freeCount++] = slot;
  }

  private void requireClaimed(int slot) {
    if (slot < 0 || slot >= slots || SlotHeader.generation(memory, slot) % 2 == 0) {
      throw new IllegalStateException("slot " + slot + " of " + slots + " is not claimed");
    }
  }

  public int freeSlots() {
    return freeCount;
  }

  /** Unmaps and deletes the file; readers keep what they have mapped until they close. */
  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(file.path());
  }
}
