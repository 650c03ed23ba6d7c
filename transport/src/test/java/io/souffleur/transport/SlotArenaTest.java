package io.souffleur.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import io.souffleur.transport.TransportCounters.Event;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotArenaTest {
  private static final Shape SHAPE = Shape.of(2, 3);

  @TempDir
  Path folder;

  private final TransportCounters counters = new TransportCounters();
  private SlotArena arena;
  private ArenaReader reader;

  @BeforeEach
  void open() throws IOException {
    arena = SlotArena.create(folder.resolve("arena"), 7, 3, 128, 5);
    reader = ArenaReader.open(folder.resolve("arena"), counters);
  }

  @AfterEach
  void close() throws IOException {
    reader.close();
    arena.close();
    assertFalse(Files.exists(folder.resolve("arena")));
  }

  @Test
  void whatIsWrittenIntoASlotIsReadThroughItsHandle() {
    int slot = arena.claim();
    arena.memory(slot).set(ValueLayout.JAVA_FLOAT, 16 + 5 * 4, 2.5f);
    UnsafeBuffer wire = new UnsafeBuffer(new byte[80]);
    arena.handle(slot, 16, DType.F32, SHAPE).encode(wire, 8);

    TensorHandle handle = TensorHandle.decode(wire, 8, TensorHandle.BYTES).orElseThrow();
    Tensor tensor = reader.tensor(handle).orElseThrow();

    assertEquals(SHAPE, tensor.shape());
    assertEquals(2.5f, tensor.getFloat(5));
    assertTrue(tensor.memory().isReadOnly());
    assertTrue(reader.isCurrent(handle));
  }

  @Test
  void noFreeSlotIsAValueUntilOneIsReleased() {
    int first = arena.claim();
    arena.claim();
    arena.claim();
    assertEquals(SlotArena.NONE, arena.claim());

    arena.release(first);

    assertEquals(1, arena.freeSlots());
    assertEquals(first, arena.claim());
  }

  @Test
  void aHandleIsStaleFromTheReleaseOfItsSlotOn() {
    int slot = arena.claim();
    TensorHandle old = arena.handle(slot, 0, DType.F32, SHAPE);
    arena.release(slot);
    assertEquals(Optional.empty(), reader.tensor(old));

    assertEquals(slot, arena.claim());
    assertEquals(Optional.empty(), reader.tensor(old));
    assertTrue(reader.tensor(arena.handle(slot, 0, DType.F32, SHAPE)).isPresent());
    assertEquals(2, counters.total(Event.HANDLE_REFUSED));
  }

  @Test
  void handlesOfOtherArenasEpochsSlotsAndBoundsAreRefused() {
    int slot = arena.claim();
    TensorHandle good = arena.handle(slot, 0, DType.F32, SHAPE);
    long now = good.generation();
    for (TensorHandle bad : new TensorHandle[] {
      new TensorHandle(8, slot, now, 0, DType.F32, SHAPE, 5),
      new TensorHandle(7, slot, now, 0, DType.F32, SHAPE, 4),
      new TensorHandle(7, -1, now, 0, DType.F32, SHAPE, 5),
      new TensorHandle(7, 3, now, 0, DType.F32, SHAPE, 5),
      new TensorHandle(7, slot, now + 2, 0, DType.F32, SHAPE, 5),
      new TensorHandle(7, slot, now, 120, DType.F32, SHAPE, 5),
      new TensorHandle(7, slot, now, -8, DType.F32, SHAPE, 5),
      new TensorHandle(7, slot, now, Long.MAX_VALUE, DType.F32, SHAPE, 5),
    }) {
      assertEquals(Optional.empty(), reader.tensor(bad), bad.toString());
    }
  }

  @Test
  void aReleasedOrUnknownSlotCannotBeUsedByItsOwner() {
    int slot = arena.claim();
    arena.release(slot);
    assertThrows(IllegalStateException.class, () -> arena.release(slot));
    assertThrows(IllegalStateException.class, () -> arena.memory(slot));
    assertThrows(IllegalStateException.class, () -> arena.memory(3));
    assertThrows(
        IllegalArgumentException.class,
        () -> arena.handle(arena.claim(), 0, DType.F32, Shape.of(33)));
  }

  @Test
  void handleBytesThatContradictThemselvesAreRefusedAndNeverThrow() {
    UnsafeBuffer wire = new UnsafeBuffer(new byte[TensorHandle.BYTES]);
    arena.handle(arena.claim(), 0, DType.F32, SHAPE).encode(wire, 0);
    byte[] good = wire.byteArray().clone();
    assertEquals(Optional.empty(), TensorHandle.decode(wire, 0, 63));
    for (int field : new int[] {0, 2, 3, 32, 40, 44}) {
      wire.putBytes(0, good);
      wire.putByte(field, (byte) (good[field] + 77));
      assertEquals(Optional.empty(), TensorHandle.decode(wire, 0, 64), "byte " + field);
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      wire.putBytes(0, good);
      wire.putByte(random.nextInt(64), (byte) random.nextInt());
      wire.putByte(random.nextInt(64), (byte) random.nextInt());
      TensorHandle.decode(wire, 0, 64).ifPresent(reader::tensor);
    }
  }

  @Test
  void aFileThatIsNoArenaIsRefused() throws IOException {
    Path other = Files.write(folder.resolve("other"), new byte[4096]);
    assertThrows(IOException.class, () -> ArenaReader.open(other, counters));
  }

  @Test
  void aRankWritesACellAndReadsIt() throws IOException {
    int slot = arena.claim();
    CellTransfer transfer = transfer(slot, arena.generation(slot), 128);
    try (ArenaCells cells = ArenaCells.open(folder.resolve("arena"), counters)) {
      assertTrue(cells.memory(transfer, 5).isEmpty());
    }
    try (SlotArena states =
            SlotArena.create(folder.resolve("cells"), ArenaCells.arena(TierKind.STATE), 2, 128, 5);
        ArenaCells cells = ArenaCells.open(folder.resolve("cells"), counters)) {
      int cell = states.claim();
      CellTransfer own = transfer(cell, states.generation(cell), 128);

      cells.memory(own, 5).orElseThrow().set(ValueLayout.JAVA_LONG, 120, 77);

      assertEquals(77, states.memory(cell).get(ValueLayout.JAVA_LONG, 120));
      assertTrue(cells.memory(own, 6).isEmpty());
      assertTrue(cells.memory(transfer(cell, states.generation(cell), 129), 5).isEmpty());
      assertTrue(cells.memory(transfer(2, 1, 128), 5).isEmpty());
      states.release(cell);
      assertTrue(cells.memory(own, 5).isEmpty());
    }
    assertEquals(5, counters.total(Event.HANDLE_REFUSED));
  }

  private static CellTransfer transfer(int cell, long generation, int bytes) {
    return new CellTransfer(TierKind.STATE, CellTransfer.Way.OUT, 0, cell, generation, bytes);
  }
}
