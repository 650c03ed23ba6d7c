package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.ColdIndex;
import io.souffleur.cache.book.PathVisitor;
import io.souffleur.cache.book.PrefixNames;
import io.souffleur.contracts.step.CellTransfer.Way;
import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Copies what sequences left in the prefix tree to the tier, behind their backs.
 *
 * <p>A sequence that ended well leaves its tokens here; step by step the pages and states that the tree
 * has of them, and the tier has not, go to cells and from there to files. What gives way before its turn
 * is not missed. At most half of the cells are on their way out, so that what comes in finds some. Owned
 * by the engine loop.
 */
final class Exports {
  /** Sequences whose leavings wait; more push out the oldest. */
  static final int JOBS_MAX = 64;

  /** After a record could not be kept, nothing goes out for so long. */
  static final long PAUSE_NANOS = 5_000_000_000L;

  private final TierPort port;
  private final CacheBook book;
  private final ColdIndex index;
  private final PrefixNames names;
  private final TierStep step;
  private final TierCounters counters;
  private final TierLimits limits;
  private final Deque<Job> jobs = new ArrayDeque<>();
  private final Map<TierKind, TierName[]> writing = new EnumMap<>(TierKind.class);
  private final Map<TierKind, Integer> out = new EnumMap<>(TierKind.class);
  private long pausedUntilNanos;
  private boolean paused;

  /**
   * Tokens whose pages and states are to be copied, each once: what the tier lets go meanwhile, because
   * the job is larger than its room, does not go out again.
   */
  private static final class Job {
    final String namespace;
    final int[] tokens;
    final int count;
    final PrefixDigest[] prefixes;
    final Set<Integer> statesDone = new HashSet<>();
    int pagesDone;
    int lastState;

    Job(String namespace, int[] tokens, int count, int pages) {
      this.namespace = namespace;
      this.tokens = tokens;
      this.count = count;
      prefixes = new PrefixDigest[pages];
    }
  }

  Exports(
      TierPort port,
      CacheBook book,
      ColdIndex index,
      PrefixNames names,
      TierStep step,
      TierCounters counters,
      TierLimits limits) {
    this.port = port;
    this.book = book;
    this.index = index;
    this.names = names;
    this.step = step;
    this.counters = counters;
    this.limits = limits;
    for (TierKind kind : TierKind.values()) {
      out.put(kind, 0);
      writing.put(kind, new TierName[port.keeps(kind) ? port.cells(kind) : 0]);
    }
  }

  /** @param tokens whose first {@code count} never change any more */
  void add(String namespace, int[] tokens, int count) {
    if (count == 0) {
      return;
    }
    if (jobs.size() == JOBS_MAX) {
      jobs.removeFirst();
      EngineCounters.add(counters.exportsDropped, 1);
    }
    jobs.addLast(new Job(namespace, tokens, count, book.pagesFor(count)));
  }

  void clear() {
    jobs.clear();
  }

  /** Sequences whose leavings wait, and pages and states on their way out. */
  int pending() {
    int pending = jobs.size();
    for (int count : out.values()) {
      pending += count;
    }
    return pending;
  }

  /** Chooses what goes out with the next step. */
  void plan(long nowNanos) {
    if (paused && nowNanos - pausedUntilNanos < 0) {
      return;
    }
    paused = false;
    while (!jobs.isEmpty()) {
      Walk walk = new Walk(jobs.getFirst());
      book.walk(walk.job.namespace, walk.job.tokens, walk.job.count, walk);
      if (walk.blocked) {
        return;
      }
      jobs.removeFirst();
    }
  }

  /** One look at all that the tree has for a job. */
  private final class Walk implements PathVisitor {
    private final Job job;
    private int start;
    private boolean blocked;

    Walk(Job job) {
      this.job = job;
    }

    @Override
    public boolean onPage(int page, int pageStart, int count) {
      start = pageStart;
      if (!blocked && job.pagesDone <= index()) {
        job.statesDone.clear();
        blocked = !export(TierKind.PAGE, page, start + count);
        job.pagesDone += blocked ? 0 : 1;
      }
      return !blocked;
    }

    private int index() {
      return start / book.pageTokens();
    }

    @Override
    public void onState(int slot, int position, boolean hinted) {
      int spacing = hinted || position == job.count ? limits.hintSpacing() : limits.stateSpacing();
      boolean wanted = position - job.lastState >= spacing
          && job.pagesDone == index() + 1
          && !job.statesDone.contains(position);
      if (wanted && !blocked && port.keeps(TierKind.STATE)) {
        blocked = !export(TierKind.STATE, slot, position);
        if (!blocked) {
          job.statesDone.add(position);
          job.lastState = Math.max(job.lastState, position);
        }
      }
    }

    /** False when there is no room for it now. */
    private boolean export(TierKind kind, int number, int end) {
      var name = new TierName(
          kind, prefix(job, index()), start, Arrays.copyOfRange(job.tokens, start, end));
      if (index.knows(name)) {
        return true;
      }
      if (out.get(kind) >= Math.max(1, port.cells(kind) / 2)
          || !step.hasRoom(kind, limits.exportBytesMax())) {
        return false;
      }
      int cell = port.claim(kind);
      if (cell == TierPort.NO_CELL || !index.expect(name)) {
        if (cell != TierPort.NO_CELL) {
          port.release(kind, cell);
        }
        return false;
      }
      out.merge(kind, 1, Integer::sum);
      step.add(kind, Way.OUT, number, cell, () -> copied(name, cell), () -> giveUp(name, cell));
      return true;
    }
  }

  private PrefixDigest prefix(Job job, int page) {
    if (job.prefixes[page] == null) {
      int start = (page - 1) * book.pageTokens();
      job.prefixes[page] = page == 0
          ? names.root(job.namespace)
          : names.next(prefix(job, page - 1), job.tokens, start, book.pageTokens());
    }
    return job.prefixes[page];
  }

  private void copied(TierName name, int cell) {
    EngineCounters.add(counters.exported, 1);
    if (port.offerWrite(name, cell)) {
      writing.get(name.kind())[cell] = name;
    } else {
      giveUp(name, cell);
    }
  }

  private void giveUp(TierName name, int cell) {
    index.forget(name);
    release(name.kind(), cell);
  }

  private void release(TierKind kind, int cell) {
    out.merge(kind, -1, Integer::sum);
    port.release(kind, cell);
  }

  /** The tier has done, or refused, what was copied out. */
  void written(TierKind kind, int cell, long record, long nowNanos) {
    TierName name = writing.get(kind)[cell];
    writing.get(kind)[cell] = null;
    release(kind, cell);
    if (record != TierPort.NO_RECORD) {
      index.keep(name, record);
    } else {
      index.forget(name);
      paused = true;
      pausedUntilNanos = nowNanos + PAUSE_NANOS;
    }
  }
}
