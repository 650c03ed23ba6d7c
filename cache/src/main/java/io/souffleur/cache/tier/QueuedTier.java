package io.souffleur.cache.tier;

import io.souffleur.cache.tier.TierShelf.Clear;
import io.souffleur.cache.tier.TierShelf.Read;
import io.souffleur.cache.tier.TierShelf.Write;
import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierEvent;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** The tier behind the shelves of one replica and epoch. The engine loop's, except {@link #leave}. */
public final class QueuedTier implements TierPort {
  private final PrefixDigest key;
  private final Map<TierKind, TierShelf> shelves = new EnumMap<>(TierKind.class);

  /** @param shelves at most one of each kind */
  public QueuedTier(PrefixDigest key, Collection<TierShelf> shelves) {
    this.key = key;
    for (TierShelf shelf : shelves) {
      shelf.join();
      this.shelves.put(shelf.kind(), shelf);
    }
  }

  /** @param wake ends a pause of the engine loop, because the tier has news; any thread */
  public void wakeBy(Runnable wake) {
    shelves.values().forEach(shelf -> shelf.wakeEngineBy(wake));
  }

  @Override
  public PrefixDigest key() {
    return key;
  }

  @Override
  public boolean keeps(TierKind kind) {
    return shelves.containsKey(kind);
  }

  @Override
  public int cells(TierKind kind) {
    return shelves.get(kind).cells().count();
  }

  @Override
  public int cellBytes(TierKind kind) {
    return shelves.get(kind).cells().bytes();
  }

  @Override
  public int claim(TierKind kind) {
    return shelves.get(kind).cells().claim();
  }

  @Override
  public long generation(TierKind kind, int cell) {
    return shelves.get(kind).cells().generation(cell);
  }

  @Override
  public void release(TierKind kind, int cell) {
    shelves.get(kind).cells().release(cell);
  }

  @Override
  public boolean offerWrite(TierName name, int cell) {
    return shelves.get(name.kind()).offer(new Write(name, cell));
  }

  @Override
  public boolean offerRead(TierName name, long record, int cell) {
    return shelves.get(name.kind()).offer(new Read(name, record, cell));
  }

  @Override
  public boolean offerClear() {
    boolean taken = true;
    for (TierShelf shelf : shelves.values()) {
      taken &= shelf.offer(Clear.INSTANCE);
    }
    return taken;
  }

  @Override
  public void recall(Consumer<TierEvent.Kept> kept) {
    shelves.values().forEach(shelf -> shelf.takeKept().forEach(kept));
  }

  @Override
  public int poll(Consumer<TierEvent> listener, int limit) {
    int count = 0;
    for (TierShelf shelf : shelves.values()) {
      while (count < limit) {
        TierEvent event = shelf.nextEvent();
        if (event == null) {
          break;
        }
        listener.accept(event);
        count++;
      }
    }
    return count;
  }

  /** The engine loop's thread has ended. */
  public void leave() {
    shelves.values().forEach(TierShelf::leave);
  }
}
