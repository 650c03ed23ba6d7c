package io.souffleur.scheduler.sim;

import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierEvent;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A tier of longs: cells that outlive ranks, records that outlive engines. Late, refusing, failing and
 * forgetful, all by the simulation's seed. Nobody clears a cell: stale values are the point.
 */
final class SimTier implements TierPort {
  private static final int RECORDS_PER_SEGMENT = 4;

  private final Random random;
  private final Map<TierKind, Cells> cells = new EnumMap<>(TierKind.class);
  private final Map<TierKind, Map<Long, Stored>> records = new EnumMap<>(TierKind.class);
  private final Deque<Runnable> commands = new ArrayDeque<>();
  private final Deque<TierEvent> events = new ArrayDeque<>();
  private final int troubleOneIn;
  private final int segmentsMax;
  private final boolean liar;
  private long written;

  /** The cells of one kind. */
  static final class Cells {
    final long[][] values;
    final boolean[] claimed;
    final long[] generations;

    Cells(int count, int longs) {
      values = new long[count][longs];
      claimed = new boolean[count];
      generations = new long[count];
    }
  }

  private record Stored(TierName name, long[] values) {}

  /**
   * @param troubleOneIn how often a command fails; 0 never
   * @param liar gives back the bytes of another record now and then
   */
  SimTier(Random random, HashShelves shelves, int troubleOneIn, boolean liar) {
    this.random = random;
    this.troubleOneIn = troubleOneIn;
    this.liar = liar;
    segmentsMax = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 1_000;
    add(TierKind.PAGE, shelves.pageTokens);
    if (shelves.recurrent) {
      add(TierKind.STATE, 1);
    }
  }

  private void add(TierKind kind, int longs) {
    cells.put(kind, new Cells(2 + random.nextInt(6), longs));
    records.put(kind, new TreeMap<>());
  }

  /** The engine is rebuilt: cells are new, half-done work is lost, records stay. */
  void restart() {
    commands.clear();
    events.clear();
    cells.values().forEach(each -> {
      Arrays.fill(each.claimed, false);
      Arrays.setAll(each.generations, cell -> each.generations[cell] + 2);
    });
  }

  /** The values of a cell, if it is claimed and has this generation. */
  long[] cell(TierKind kind, int cell, long generation) {
    Cells all = cells.get(kind);
    if (!all.claimed[cell] || all.generations[cell] != generation) {
      throw new AssertionError("a transfer names cell " + cell + " of " + kind + " in generation "
          + generation + ", which is not current");
    }
    return all.values[cell];
  }

  /** Whether nothing is under way. */
  boolean isQuiet() {
    return commands.isEmpty()
        && events.isEmpty()
        && cells.values().stream().noneMatch(each -> anyClaimed(each.claimed));
  }

  private static boolean anyClaimed(boolean[] claimed) {
    for (boolean each : claimed) {
      if (each) {
        return true;
      }
    }
    return false;
  }

  private boolean trouble() {
    return troubleOneIn > 0 && random.nextInt(troubleOneIn) == 0;
  }

  // ---- the port ----

  @Override
  public PrefixDigest key() {
    return new PrefixDigest(1, 2, 3, 4);
  }

  @Override
  public boolean keeps(TierKind kind) {
    return cells.containsKey(kind);
  }

  @Override
  public int cells(TierKind kind) {
    return cells.get(kind).claimed.length;
  }

  @Override
  public int cellBytes(TierKind kind) {
    return 64;
  }

  @Override
  public int claim(TierKind kind) {
    Cells all = cells.get(kind);
    for (int cell = 0; cell < all.claimed.length; cell++) {
      if (!all.claimed[cell]) {
        all.claimed[cell] = true;
        all.generations[cell]++;
        return cell;
      }
    }
    return NO_CELL;
  }

  @Override
  public long generation(TierKind kind, int cell) {
    return cells.get(kind).generations[cell];
  }

  @Override
  public void release(TierKind kind, int cell) {
    Cells all = cells.get(kind);
    if (!all.claimed[cell]) {
      throw new AssertionError("cell " + cell + " of " + kind + " is free already");
    }
    all.claimed[cell] = false;
    all.generations[cell]++;
  }

  @Override
  public boolean offerWrite(TierName name, int cell) {
    if (trouble()) {
      return false;
    }
    commands.add(() -> write(name, cell));
    return true;
  }

  private void write(TierName name, int cell) {
    long record = NO_RECORD;
    if (!trouble()) {
      written++;
      record = written / RECORDS_PER_SEGMENT << 32 | written % RECORDS_PER_SEGMENT;
      long[] values = cells.get(name.kind()).values[cell].clone();
      records.get(name.kind()).put(record, new Stored(name, values));
      dropOldSegments(name.kind());
    }
    events.add(new TierEvent.Written(name.kind(), cell, record));
    Arrays.fill(cells.get(name.kind()).values[cell], 0xCE11L);
  }

  private void dropOldSegments(TierKind kind) {
    int oldest = (int) (written / RECORDS_PER_SEGMENT) - segmentsMax;
    Iterator<Long> each = records.get(kind).keySet().iterator();
    int told = -1;
    while (each.hasNext()) {
      int segment = TierPort.segment(each.next());
      if (segment > oldest) {
        return;
      }
      each.remove();
      if (segment != told) {
        events.add(new TierEvent.Dropped(kind, segment));
        told = segment;
      }
    }
  }

  @Override
  public boolean offerRead(TierName name, long record, int cell) {
    if (trouble()) {
      return false;
    }
    commands.add(() -> read(name, record, cell));
    return true;
  }

  private void read(TierName name, long record, int cell) {
    Stored stored = records.get(name.kind()).get(record);
    boolean whole = stored != null && stored.name().equals(name) && !trouble();
    long[] values = cells.get(name.kind()).values[cell];
    if (whole) {
      long[] from = liar && random.nextBoolean()
          ? records.get(name.kind()).values().iterator().next().values()
          : stored.values();
      System.arraycopy(from, 0, values, 0, values.length);
    } else {
      Arrays.fill(values, 0xBADL);
    }
    events.add(new TierEvent.Read(name.kind(), cell, whole));
  }

  @Override
  public boolean offerClear() {
    if (trouble()) {
      return false;
    }
    commands.add(() -> records.forEach((kind, kept) -> {
      kept.keySet().stream()
          .map(TierPort::segment)
          .distinct()
          .forEach(segment -> events.add(new TierEvent.Dropped(kind, segment)));
      kept.clear();
    }));
    return true;
  }

  @Override
  public void recall(Consumer<TierEvent.Kept> kept) {
    for (Map<Long, Stored> each : records.values()) {
      each.forEach((record, stored) -> kept.accept(new TierEvent.Kept(stored.name(), record)));
    }
  }

  @Override
  public int poll(Consumer<TierEvent> listener, int limit) {
    while (!commands.isEmpty() && random.nextInt(3) != 0) {
      commands.remove().run();
    }
    int count = 0;
    while (count < limit && !events.isEmpty() && random.nextInt(4) != 0) {
      listener.accept(events.remove());
      count++;
    }
    return count;
  }
}
