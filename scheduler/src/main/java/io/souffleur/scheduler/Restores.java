package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.CacheHolding;
import io.souffleur.cache.book.ColdIndex;
import io.souffleur.cache.book.ColdIndex.Found;
import io.souffleur.cache.book.ColdIndex.Piece;
import io.souffleur.cache.book.PrefixMatch;
import io.souffleur.contracts.step.CellTransfer.Way;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierPort;
import io.souffleur.scheduler.Restore.InCell;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Brings prefixes back from the tier for sequences that arrive, and lets these wait meanwhile, but never
 * long: a miss is always right.
 *
 * <pre>
 *   arrive ─▶ records are read into cells ─▶ steps copy cells to fresh pages, a fresh slot ─▶ the tree
 *                    │ not whole, no room, too late                                            │
 *                    └───────────────▶ the queue, where they match what is there ◀─────────────┘
 * </pre>
 *
 * <p>A restore holds pages like a sequence that computes by copying: only when everything is there it
 * enters the tree. It is the first to give way. Owned by the engine loop.
 */
final class Restores {
  private final TierPort port;
  private final CacheBook book;
  private final ColdIndex index;
  private final TierStep step;
  private final TierLimits limits;
  private final TierCounters counters;
  private final List<Restore> active = new ArrayList<>();
  private final Map<TierKind, Reading[]> reading = new EnumMap<>(TierKind.class);

  private record Reading(Restore restore, Piece piece) {}

  Restores(
      TierPort port,
      CacheBook book,
      ColdIndex index,
      TierStep step,
      TierLimits limits,
      TierCounters counters) {
    this.port = port;
    this.book = book;
    this.index = index;
    this.step = step;
    this.limits = limits;
    this.counters = counters;
    for (TierKind kind : TierKind.values()) {
      reading.put(kind, new Reading[port.keeps(kind) ? port.cells(kind) : 0]);
    }
  }

  /** Takes a sequence that the tier can save work; false when it has nothing, or no time, for it. */
  boolean take(Sequence sequence, long nowNanos) {
    if (!sequence.mayWaitForTier()) {
      return false;
    }
    int[] tokens = sequence.tokens();
    int limit = sequence.matchLimit();
    String namespace = sequence.ticket().request().cacheNamespace();
    PrefixMatch hot = book.probe(namespace, tokens, limit);
    int hotTokens = hot.length();
    int sharedPages = hot.walked() / book.pageTokens();
    Found found = index.match(namespace, tokens, limit, sharedPages);
    if (found.tokens() - hotTokens < limits.restoreTokensMin()) {
      return false;
    }
    for (Restore restore : active) {
      if (!restore.givenUp && restore.brings(found.pieces())) {
        restore.waiting.add(sequence);
        sequence.waitsForTier();
        return true;
      }
    }
    if (active.size() >= limits.restoresMax()) {
      return false;
    }
    CacheHolding holding = book.open(namespace, found.tokens());
    int neededPages = book.pagesFor(found.tokens());
    book.shareRows(holding, tokens, Math.min(sharedPages, neededPages) * book.pageTokens());
    var restore = new Restore(holding, tokens, found.tokens(), found.pieces(), nowNanos);
    restore.waiting.add(sequence);
    sequence.waitsForTier();
    active.add(restore);
    EngineCounters.add(counters.restores, 1);
    return true;
  }

  /** Asks for records while cells are free, and lets go who waited too long. */
  int work(long nowNanos, Consumer<Sequence> queue) {
    int work = 0;
    for (int i = active.size() - 1; i >= 0; i--) {
      Restore restore = active.get(i);
      if (!restore.givenUp
          && restore.idleNanos(nowNanos) >= limits.restoreTimeout().toNanos()) {
        giveUp(restore, queue);
        work++;
      }
    }
    for (Restore restore : active) {
      work += restore.givenUp ? 0 : read(restore);
    }
    return work;
  }

  private int read(Restore restore) {
    int asked = 0;
    while (restore.nextRead < restore.pieces.size()) {
      Piece piece = restore.pieces.get(restore.nextRead);
      TierKind kind = piece.name().kind();
      int cell = port.claim(kind);
      if (cell == TierPort.NO_CELL) {
        return asked;
      }
      if (!port.offerRead(piece.name(), piece.record(), cell)) {
        port.release(kind, cell);
        return asked;
      }
      reading.get(kind)[cell] = new Reading(restore, piece);
      restore.nextRead++;
      asked++;
    }
    return asked;
  }

  /** The tier has read a record, or could not. */
  void read(TierKind kind, int cell, boolean whole, Consumer<Sequence> queue) {
    Reading done = reading.get(kind)[cell];
    reading.get(kind)[cell] = null;
    if (!whole) {
      index.forget(done.piece().name());
    }
    if (done.restore().givenUp || !whole) {
      port.release(kind, cell);
      giveUp(done.restore(), queue);
    } else {
      done.restore().read++;
      done.restore().ready.add(new InCell(done.piece(), cell));
    }
  }

  /** Chooses what comes in with the next step. */
  void plan(Consumer<Sequence> queue) {
    for (int i = active.size() - 1; i >= 0; i--) {
      Restore restore = active.get(i);
      if (!restore.ready.isEmpty() && !reserved(restore)) {
        giveUp(restore, queue);
      }
    }
    for (Restore restore : active) {
      while (!restore.ready.isEmpty()
          && step.hasRoom(restore.ready.peek().piece().name().kind(), limits.importBytesMax())) {
        copy(restore, restore.ready.remove(), queue);
      }
    }
  }

  private boolean reserved(Restore restore) {
    restore.reserved = restore.reserved || book.tryReserve(restore.holding, restore.target);
    return restore.reserved;
  }

  private void copy(Restore restore, InCell in, Consumer<Sequence> queue) {
    TierKind kind = in.piece().name().kind();
    int number = kind == TierKind.STATE
        ? restore.holding.spareSlot()
        : restore.holding.page(in.piece().name().first() / book.pageTokens());
    restore.beingCopied++;
    step.add(
        kind,
        Way.IN,
        number,
        in.cell(),
        () -> copied(restore, in, queue),
        () -> calledOff(restore, in));
  }

  private void copied(Restore restore, InCell in, Consumer<Sequence> queue) {
    restore.beingCopied--;
    restore.copied++;
    port.release(in.piece().name().kind(), in.cell());
    EngineCounters.add(counters.imported, 1);
    if (restore.givenUp) {
      close(restore);
    } else if (restore.complete()) {
      book.commit(restore.holding, restore.tokens, restore.target);
      EngineCounters.add(counters.tokensRestored, restore.target);
      active.remove(restore);
      book.release(restore.holding, restore.tokens);
      restore.waiting.forEach(queue);
    }
  }

  private void calledOff(Restore restore, InCell in) {
    restore.beingCopied--;
    if (restore.givenUp) {
      port.release(in.piece().name().kind(), in.cell());
      close(restore);
    } else {
      restore.ready.addFirst(in);
    }
  }

  /** Its sequences go on without; its pages go when no step names them any more. */
  private void giveUp(Restore restore, Consumer<Sequence> queue) {
    if (restore.givenUp) {
      return;
    }
    restore.givenUp = true;
    EngineCounters.add(counters.restoresGivenUp, 1);
    for (InCell in : restore.ready) {
      port.release(in.piece().name().kind(), in.cell());
    }
    restore.ready.clear();
    restore.waiting.forEach(queue);
    restore.waiting.clear();
    close(restore);
  }

  private void close(Restore restore) {
    if (restore.beingCopied == 0 && active.remove(restore)) {
      book.release(restore.holding, restore.tokens);
    }
  }

  /** Between steps: frees the pages of all restores; false when there are none. */
  boolean giveWay(Consumer<Sequence> queue) {
    boolean some = !active.isEmpty();
    for (Restore restore : List.copyOf(active)) {
      giveUp(restore, queue);
    }
    return some;
  }

  /** Takes out every sequence whose owner has left; a restore that nobody waits for is given up. */
  void removeUnwanted(Consumer<Sequence> receiver) {
    for (Restore restore : List.copyOf(active)) {
      for (Sequence sequence : List.copyOf(restore.waiting)) {
        if (sequence.ticket().unwanted()) {
          restore.waiting.remove(sequence);
          receiver.accept(sequence);
        }
      }
      if (restore.waiting.isEmpty()) {
        giveUp(restore, receiver);
      }
    }
  }

  boolean isEmpty() {
    return active.isEmpty();
  }
}
