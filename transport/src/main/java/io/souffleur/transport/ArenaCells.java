package io.souffleur.transport;

import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.tensor.MappedFile;
import io.souffleur.transport.TransportCounters.Event;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A rank's view of a {@link SlotArena} whose slots carry pages or states: the bytes that a plan's
 * transfers name, to be read or written while the step runs.
 *
 * <p>A handle of another arena or epoch, of a released slot, or with impossible bounds is refused and
 * counted. Memory is dead after {@link #close}.
 */
public final class ArenaCells implements AutoCloseable {
  private final MappedFile file;
  private final TransportCounters counters;
  private final int slots;
  private final long slotBytes;

  private ArenaCells(MappedFile file, TransportCounters counters) {
    this.file = file;
    this.counters = counters;
    this.slots = SlotHeader.slots(file.memory());
    this.slotBytes = SlotHeader.slotBytes(file.memory());
  }

  /** The arena number of a kind's cells. */
  public static int arena(TierKind kind) {
    return kind.ordinal();
  }

  /** @throws IOException when the file is missing or no arena */
  public static ArenaCells open(Path path, TransportCounters counters) throws IOException {
    MappedFile file = MappedFile.openShared(path);
    if (!SlotHeader.isArena(file.memory())) {
      file.close();
      throw new IOException(path + " is no arena of this version");
    }
    return new ArenaCells(file, counters);
  }

  /** The bytes of the cell; empty when it is not the one that the plan of {@code epoch} means. */
  public Optional<MemorySegment> memory(CellTransfer transfer, long epoch) {
    TensorHandle handle = TransferCodec.handle(transfer, epoch);
    MemorySegment memory = file.memory();
    boolean current = handle.arena() == SlotHeader.arena(memory)
        && epoch == SlotHeader.epoch(memory)
        && handle.slot() >= 0
        && handle.slot() < slots
        && handle.byteLength() <= slotBytes
        && handle.generation() % 2 == 1
        && handle.generation() == SlotHeader.generation(memory, handle.slot());
    if (!current) {
      counters.add(Event.HANDLE_REFUSED);
      return Optional.empty();
    }
    long start = SlotHeader.slotOffset(slots, handle.slot(), slotBytes);
    return Optional.of(memory.asSlice(start, handle.byteLength()));
  }

  @Override
  public void close() {
    file.close();
  }
}
