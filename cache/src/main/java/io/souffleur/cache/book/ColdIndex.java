package io.souffleur.cache.book;

import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Which pages and states the tier keeps, found by tokens: the cold continuation of the prefix tree.
 *
 * <pre>
 *   name of all before ──▶ pages  [t0 … t63] record 5 | [t0 … t12] record 9
 *                          states [t0 … t40] record 2 | [t0 … t63] record 7
 * </pre>
 *
 * <p>A record that is still being written is known and not found. Bounded; owned by the engine loop.
 */
public final class ColdIndex {
  /** Records that are kept in mind, however small they are. */
  public static final int RECORDS_MAX = 1 << 17;

  private final int pageTokens;
  private final boolean recurrent;
  private final PrefixNames names;
  private final Map<PrefixDigest, Shelf> shelves = new HashMap<>();
  private final Map<Long, List<Entry>> bySegment = new HashMap<>();
  private int count;

  /** What follows one prefix. */
  private static final class Shelf {
    final List<Entry> pages = new ArrayList<>(1);
    final List<Entry> states = new ArrayList<>(1);

    List<Entry> of(TierKind kind) {
      return kind == TierKind.PAGE ? pages : states;
    }
  }

  private static final class Entry {
    final TierName name;
    long record = TierPort.NO_RECORD;

    Entry(TierName name) {
      this.name = name;
    }

    boolean kept() {
      return record != TierPort.NO_RECORD;
    }
  }

  /** A record that can be read. */
  public record Piece(TierName name, long record) {}

  /**
   * What the tier can bring.
   *
   * @param tokens that need not be computed then
   * @param pieces pages in order, without those that are shared anyway, and the state if there is one
   */
  public record Found(int tokens, List<Piece> pieces) {}

  /** @param recurrent whether a prefix is of use only where a state is */
  public ColdIndex(int pageTokens, boolean recurrent, PrefixNames names) {
    this.pageTokens = pageTokens;
    this.recurrent = recurrent;
    this.names = names;
  }

  // ---- what is kept ----

  /** Whether a record says as much already, or will soon. */
  public boolean knows(TierName name) {
    Shelf shelf = shelves.get(name.parent());
    if (shelf == null) {
      return false;
    }
    int[] tokens = name.tokens();
    for (Entry entry : shelf.of(name.kind())) {
      int[] known = entry.name.tokens();
      boolean enough = name.kind() == TierKind.PAGE
          ? known.length >= tokens.length
          : known.length == tokens.length;
      if (enough && sharedTokens(known, tokens, 0, tokens.length) == tokens.length) {
        return true;
      }
    }
    return false;
  }

  /** Keeps the name in mind before its record is there; false when there are too many. */
  public boolean expect(TierName name) {
    if (count >= RECORDS_MAX) {
      return false;
    }
    shelves
        .computeIfAbsent(name.parent(), prefix -> new Shelf())
        .of(name.kind())
        .add(new Entry(name));
    count++;
    return true;
  }

  /** The record of a name is there, expected or not. */
  public void keep(TierName name, long record) {
    Entry entry = find(name);
    if (entry == null) {
      if (!expect(name)) {
        return;
      }
      entry = find(name);
    }
    entry.record = record;
    bySegment
        .computeIfAbsent(
            segmentKey(name.kind(), TierPort.segment(record)), key -> new ArrayList<>())
        .add(entry);
  }

  /** The name has no record, or none that can be read. */
  public void forget(TierName name) {
    Entry entry = find(name);
    if (entry == null) {
      return;
    }
    Shelf shelf = shelves.get(name.parent());
    shelf.of(name.kind()).remove(entry);
    count--;
    entry.record = TierPort.NO_RECORD;
    if (shelf.pages.isEmpty() && shelf.states.isEmpty()) {
      shelves.remove(name.parent());
    }
  }

  /** All records of a segment are gone. */
  public void dropSegment(TierKind kind, int segment) {
    List<Entry> gone = bySegment.remove(segmentKey(kind, segment));
    if (gone != null) {
      for (Entry entry : gone) {
        if (entry.kept() && TierPort.segment(entry.record) == segment) {
          forget(entry.name);
        }
      }
    }
  }

  /** Forgets what has a record; what is being written stays expected. */
  public void clear() {
    bySegment.clear();
    Iterator<Shelf> all = shelves.values().iterator();
    while (all.hasNext()) {
      Shelf shelf = all.next();
      count -= shelf.pages.size() + shelf.states.size();
      shelf.pages.removeIf(Entry::kept);
      shelf.states.removeIf(Entry::kept);
      count += shelf.pages.size() + shelf.states.size();
      if (shelf.pages.isEmpty() && shelf.states.isEmpty()) {
        all.remove();
      }
    }
  }

  private static long segmentKey(TierKind kind, int segment) {
    return (long) kind.ordinal() << 32 | segment;
  }

  private Entry find(TierName name) {
    Shelf shelf = shelves.get(name.parent());
    if (shelf != null) {
      for (Entry entry : shelf.of(name.kind())) {
        if (Arrays.equals(entry.name.tokens(), name.tokens())) {
          return entry;
        }
      }
    }
    return null;
  }

  /** Names that are kept in mind. */
  public int count() {
    return count;
  }

  // ---- what can be found ----

  /**
   * The longest prefix of {@code tokens[0, limit)} that records and shared pages make up together.
   *
   * @param sharedPages full pages at the beginning that the prefix tree has
   */
  public Found match(String namespace, int[] tokens, int limit, int sharedPages) {
    List<Piece> pages = new ArrayList<>();
    Entry state = null;
    int best = 0;
    int bestPages = 0;
    PrefixDigest prefix = count == 0 ? null : names.root(namespace);
    for (int start = 0; prefix != null && start < limit; start += pageTokens) {
      int rows = Math.min(pageTokens, limit - start);
      Shelf shelf = shelves.get(prefix);
      if (start / pageTokens >= sharedPages) {
        Entry page = longest(shelf, tokens, start, rows);
        if (page == null) {
          break;
        }
        rows = sharedTokens(page.name.tokens(), tokens, start, rows);
        pages.add(new Piece(page.name, page.record));
      }
      Entry deepest = deepest(shelf, tokens, start, rows);
      if (recurrent ? deepest != null : !pages.isEmpty()) {
        state = deepest;
        best = recurrent ? deepest.name.end() : start + rows;
        bestPages = pages.size();
      }
      prefix = rows < pageTokens ? null : names.next(prefix, tokens, start, pageTokens);
    }
    List<Piece> pieces = new ArrayList<>(pages.subList(0, bestPages));
    if (state != null) {
      pieces.add(new Piece(state.name, state.record));
    }
    return new Found(best, pieces);
  }

  private static Entry longest(Shelf shelf, int[] tokens, int start, int room) {
    Entry best = null;
    int most = 0;
    if (shelf != null) {
      for (Entry entry : shelf.pages) {
        int same = entry.kept() ? sharedTokens(entry.name.tokens(), tokens, start, room) : 0;
        if (same > most) {
          best = entry;
          most = same;
        }
      }
    }
    return best;
  }

  private static Entry deepest(Shelf shelf, int[] tokens, int start, int rows) {
    Entry best = null;
    if (shelf != null) {
      for (Entry entry : shelf.states) {
        int length = entry.name.tokens().length;
        if (entry.kept()
            && length <= rows
            && (best == null || length > best.name.tokens().length)
            && sharedTokens(entry.name.tokens(), tokens, start, length) == length) {
          best = entry;
        }
      }
    }
    return best;
  }

  private static int sharedTokens(int[] known, int[] tokens, int start, int room) {
    int length = Math.min(known.length, room);
    int mismatch = Arrays.mismatch(known, 0, length, tokens, start, start + length);
    return mismatch < 0 ? length : mismatch;
  }
}
