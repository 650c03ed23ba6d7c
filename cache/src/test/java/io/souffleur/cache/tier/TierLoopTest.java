package io.souffleur.cache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.tier.TierEvent;
import io.souffleur.contracts.tier.TierEvent.Dropped;
import io.souffleur.contracts.tier.TierEvent.Kept;
import io.souffleur.contracts.tier.TierEvent.Read;
import io.souffleur.contracts.tier.TierEvent.Written;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TierLoopTest {
  private static final long RECORD_BYTES = SegmentFile.recordBytes(3, TierFixture.PAYLOAD_BYTES);

  @TempDir
  Path folder;

  private final List<TierEvent> events = new ArrayList<>();

  @Test
  void whatIsWrittenFromACellIsReadIntoAnother() throws IOException {
    TestCells cells = new TestCells(3);
    TierLoop loop = open(cells, 1 << 20);
    QueuedTier tier = tier(loop);
    TierName name = TierFixture.name(1);

    int out = tier.claim(TierKind.PAGE);
    cells.memory(out).copyFrom(TierFixture.payload(name));
    assertTrue(tier.offerWrite(name, out));
    runAll(loop, tier);
    long record = ((Written) events.getFirst()).record();
    tier.release(TierKind.PAGE, out);
    tier.claim(TierKind.PAGE);
    int in = tier.claim(TierKind.PAGE);
    assertTrue(tier.offerRead(name, record, in));
    runAll(loop, tier);

    assertEquals(new Read(TierKind.PAGE, in, true), events.get(1));
    assertEquals(-1, cells.memory(in).mismatch(TierFixture.payload(name)));
    assertEquals(1, loop.shelf().counters().recordsWritten());
    assertEquals(1, loop.shelf().counters().recordsRead());
    loop.close();
    tier.leave();
  }

  @Test
  void keptRecordsAreRecalledOnceByTheNextEpoch() throws IOException {
    TierLoop first = open(new TestCells(1), 1 << 20);
    QueuedTier before = tier(first);
    before.offerWrite(TierFixture.name(1), before.claim(TierKind.PAGE));
    runAll(first, before);
    first.close();
    before.leave();

    TierLoop second = open(new TestCells(1), 1 << 20);
    QueuedTier after = tier(second);
    List<Kept> kept = new ArrayList<>();
    after.recall(kept::add);
    after.recall(kept::add);

    assertEquals(
        List.of(new Kept(TierFixture.name(1), ((Written) events.getFirst()).record())), kept);
    second.close();
    after.leave();
  }

  @Test
  void droppedSegmentsAreTold() throws IOException {
    TierLoop loop = open(new TestCells(1), RECORD_BYTES + RecordFormat.SEGMENT_HEAD_BYTES);
    QueuedTier tier = tier(loop);
    int cell = tier.claim(TierKind.PAGE);

    tier.offerWrite(TierFixture.name(1), cell);
    runAll(loop, tier);
    tier.offerWrite(TierFixture.name(2), cell);
    runAll(loop, tier);
    tier.offerClear();
    runAll(loop, tier);

    assertEquals(4, events.size());
    assertEquals(new Dropped(TierKind.PAGE, 1), events.get(1));
    assertEquals(2, TierPort.segment(((Written) events.get(2)).record()));
    assertEquals(new Dropped(TierKind.PAGE, 2), events.get(3));
    loop.close();
    tier.leave();
  }

  @Test
  void aFullQueueRefusesAndLosesNothing() throws IOException {
    TierLoop loop = open(new TestCells(2), 1 << 20);
    QueuedTier tier = tier(loop);
    int cell = tier.claim(TierKind.PAGE);
    int taken = 0;
    while (tier.offerRead(TierFixture.name(1), 1L << 32, cell)) {
      taken++;
    }

    runAll(loop, tier);

    assertEquals(taken, events.size());
    assertTrue(tier.offerRead(TierFixture.name(1), 1L << 32, cell));
    loop.close();
    tier.leave();
  }

  @Test
  void cellsAreClosedWhenBothSidesHaveLeft() throws IOException {
    TestCells cells = new TestCells(1);
    TierLoop loop = open(cells, 1 << 20);
    QueuedTier tier = tier(loop);

    loop.close();
    assertFalse(tier.offerWrite(TierFixture.name(1), tier.claim(TierKind.PAGE)));
    assertFalse(cells.closed);
    tier.leave();

    assertTrue(cells.closed);
  }

  private TierLoop open(TestCells cells, long bytesMax) throws IOException {
    TierSettings settings = new TierSettings(
        folder, TierKind.PAGE, TierFixture.KEY.digest(), TierFixture.PAYLOAD_BYTES, bytesMax);
    return TierLoop.open(settings, cells, new TierCounters(), notice -> {});
  }

  private static QueuedTier tier(TierLoop loop) {
    return new QueuedTier(TierFixture.KEY.digest(), List.of(loop.shelf()));
  }

  private void runAll(TierLoop loop, QueuedTier tier) throws IOException {
    while (loop.doWork() + tier.poll(events::add, 2) > 0) {}
  }

  private static final class TestCells implements TierCells {
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> memory = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private boolean closed;

    TestCells(int count) {
      for (int i = 0; i < count; i++) {
        memory.add(arena.allocate(TierFixture.PAYLOAD_BYTES));
        free.add(i);
      }
    }

    @Override
    public int claim() {
      return free.isEmpty() ? TierPort.NO_CELL : free.remove();
    }

    @Override
    public long generation(int cell) {
      return 1;
    }

    @Override
    public void release(int cell) {
      free.addFirst(cell);
    }

    @Override
    public MemorySegment memory(int cell) {
      return memory.get(cell);
    }

    @Override
    public int count() {
      return memory.size();
    }

    @Override
    public int bytes() {
      return TierFixture.PAYLOAD_BYTES;
    }

    @Override
    public void close() {
      closed = true;
      arena.close();
    }
  }
}
