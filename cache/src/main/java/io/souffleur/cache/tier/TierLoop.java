package io.souffleur.cache.tier;

import io.souffleur.cache.tier.TierShelf.Clear;
import io.souffleur.cache.tier.TierShelf.Command;
import io.souffleur.cache.tier.TierShelf.Read;
import io.souffleur.cache.tier.TierShelf.Write;
import io.souffleur.contracts.tier.TierEvent;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierPort;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;

/**
 * The duty cycle that moves bytes between cells and files: takes a command of the engine loop, does it,
 * tells how it went.
 *
 * <p>A command is taken only when all that is to be told has been told, so neither side can flood the
 * other. Runs on a thread of its own, the only place that waits for a disk.
 */
public final class TierLoop implements Agent {
  private final TierStore store;
  private final TierShelf shelf;
  private final Deque<TierEvent> untold;

  private TierLoop(TierStore store, TierShelf shelf, Deque<TierEvent> untold) {
    this.store = store;
    this.shelf = shelf;
    this.untold = untold;
    shelf.counters().fileBytes(store.bytes());
  }

  /** Opens the store and the shelf in front of it; takes as long as reading all heads does. */
  public static TierLoop open(
      TierSettings settings, TierCells cells, TierCounters counters, Consumer<String> notices)
      throws IOException {
    TierKind kind = settings.kind();
    Deque<TierEvent> untold = new ArrayDeque<>();
    List<TierEvent.Kept> kept = new ArrayList<>();
    TierStore store = TierStore.open(
        settings,
        notices,
        segment -> {
          kept.removeIf(each -> TierPort.segment(each.record()) == segment);
          untold.add(new TierEvent.Dropped(kind, segment));
        },
        (name, record) -> kept.add(new TierEvent.Kept(name, record)));
    return new TierLoop(store, new TierShelf(kind, cells, kept, counters), untold);
  }

  public TierShelf shelf() {
    return shelf;
  }

  @Override
  public int doWork() throws IOException {
    int work = 0;
    while (!untold.isEmpty() && shelf.tell(untold.peek())) {
      untold.remove();
      work++;
    }
    if (untold.isEmpty()) {
      Command command = shelf.nextCommand();
      if (command != null) {
        run(command);
        work++;
      }
    }
    return work;
  }

  private void run(Command command) throws IOException {
    switch (command) {
      case Write write -> {
        long record = store.append(write.name(), shelf.cells().memory(write.cell()));
        shelf.counters().written(record != TierPort.NO_RECORD);
        untold.add(new TierEvent.Written(shelf.kind(), write.cell(), record));
      }
      case Read read -> {
        boolean whole = store.read(read.name(), read.record(), shelf.cells().memory(read.cell()));
        shelf.counters().read(whole);
        untold.add(new TierEvent.Read(shelf.kind(), read.cell(), whole));
      }
      case Clear all -> store.clear();
    }
    shelf.counters().fileBytes(store.bytes());
  }

  /** Closes the files and leaves the shelf; after the last round, on any thread. */
  public void close() throws IOException {
    shelf.end();
    store.close();
  }

  @Override
  public String roleName() {
    return shelf.kind().label() + "-tier";
  }
}
