package io.souffleur.transport;

import io.souffleur.tensor.MappedFile;
import io.souffleur.tensor.Tensor;
import io.souffleur.transport.TransportCounters.Event;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The other processes' view of a {@link SlotArena}: handles to tensors. Any thread.
 *
 * <p>A handle of another arena or epoch, of a released slot, or with impossible bounds is refused and
 * counted. Tensors are dead after {@link #close}.
 */
public final class ArenaReader implements AutoCloseable {
  private final MappedFile file;
  private final TransportCounters counters;
  private final int slots;
  private final long slotBytes;

  private ArenaReader(MappedFile file, TransportCounters counters) {
    this.file = file;
    this.counters = counters;
    this.slots = SlotHeader.slots(file.memory());
    this.slotBytes = SlotHeader.slotBytes(file.memory());
  }

  /** @throws IOException when the file is missing or no arena */
  public static ArenaReader open(Path path, TransportCounters counters) throws IOException {
    MappedFile file = MappedFile.openReadOnly(path);
    if (!SlotHeader.isArena(file.memory())) {
      file.close();
      throw new IOException(path + " is no arena of this version");
    }
    return new ArenaReader(file, counters);
  }

  /** The tensor in place, read-only; empty when the handle is refused. */
  public Optional<Tensor> tensor(TensorHandle handle) {
    if (!isCurrent(handle) || !isInside(handle)) {
      counters.add(Event.HANDLE_REFUSED);
      return Optional.empty();
    }
    long start = SlotHeader.slotOffset(slots, handle.slot(), slotBytes) + handle.byteOffset();
    MemorySegment bytes = file.memory().asSlice(start, handle.byteLength());
    return Optional.of(new Tensor(bytes, handle.dtype(), handle.shape()));
  }

  /** Whether the slot still holds what the handle names; asked again after reading, in doubt. */
  public boolean isCurrent(TensorHandle handle) {
    MemorySegment memory = file.memory();
    return handle.arena() == SlotHeader.arena(memory)
        && handle.epoch() == SlotHeader.epoch(memory)
        && handle.slot() >= 0
        && handle.slot() < slots
        && handle.generation() % 2 == 1
        && handle.generation() == SlotHeader.generation(memory, handle.slot());
  }

  private boolean isInside(TensorHandle handle) {
    return handle.byteOffset() >= 0
        && handle.byteOffset() <= slotBytes
        && handle.byteLength() <= slotBytes - handle.byteOffset();
  }

  @Override
  public void close() {
    file.close();
  }
}
