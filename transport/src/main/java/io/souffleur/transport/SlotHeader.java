package io.souffleur.transport;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The file of a {@link SlotArena}, little-endian, every part 64-byte aligned:
 *
 * <pre>
 *    0 magic i64 | 8 arena id i32 | 12 slots i32 | 16 slot bytes i64 | 24 epoch i64 | … 64
 *   64 + 64 · slot      generation i64: even while the slot is free, odd while it is claimed
 *   64 + 64 · slots     the slots
 * </pre>
 *
 * Stateless.
 */
final class SlotHeader {
  static final long MAGIC = 0x534F5546464C4531L;
  static final int ALIGNMENT_BYTES = 64;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final long ARENA_OFFSET = 8;
  private static final long SLOTS_OFFSET = 12;
  private static final long SLOT_BYTES_OFFSET = 16;
  private static final long EPOCH_OFFSET = 24;
  private static final VarHandle GENERATION = LONG.varHandle();

  private SlotHeader() {}

  static long fileBytes(int slots, long slotBytes) {
    return Math.addExact(slotOffset(slots, 0, slotBytes), Math.multiplyExact(slotBytes, slots));
  }

  static long slotOffset(int slots, int slot, long slotBytes) {
    return (1L + slots) * ALIGNMENT_BYTES + slot * slotBytes;
  }

  static void write(MemorySegment file, int arena, int slots, long slotBytes, long epoch) {
    file.set(INT, ARENA_OFFSET, arena);
    file.set(INT, SLOTS_OFFSET, slots);
    file.set(LONG, SLOT_BYTES_OFFSET, slotBytes);
    file.set(LONG, EPOCH_OFFSET, epoch);
    file.set(LONG, 0, MAGIC);
  }

  static boolean isArena(MemorySegment file) {
    return file.byteSize() >= ALIGNMENT_BYTES
        && file.get(LONG, 0) == MAGIC
        && slots(file) > 0
        && slotBytes(file) > 0
        && slotBytes(file) <= file.byteSize()
        && fileBytes(slots(file), slotBytes(file)) == file.byteSize();
  }

  static int arena(MemorySegment file) {
    return file.get(INT, ARENA_OFFSET);
  }

  static int slots(MemorySegment file) {
    return file.get(INT, SLOTS_OFFSET);
  }

  static long slotBytes(MemorySegment file) {
    return file.get(LONG, SLOT_BYTES_OFFSET);
  }

  static long epoch(MemorySegment file) {
    return file.get(LONG, EPOCH_OFFSET);
  }

  static long generation(MemorySegment file, int slot) {
    return (long) GENERATION.getAcquire(file, (1L + slot) * ALIGNMENT_BYTES);
  }

  static void generation(MemorySegment file, int slot, long generation) {
    GENERATION.setRelease(file, (1L + slot) * ALIGNMENT_BYTES, generation);
  }
}
