package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.CacheTally;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the book says of its prefixes, readable from any thread; written by the engine loop. */
final class CacheCounters {
  final AtomicLong flushes = new AtomicLong();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong hitTokens = new AtomicLong();
  private final AtomicLong pagesCopied = new AtomicLong();
  private final AtomicLong pagesEvicted = new AtomicLong();
  private final AtomicLong checkpointsStored = new AtomicLong();
  private final AtomicLong checkpointsEvicted = new AtomicLong();
  private final AtomicInteger pagesCached = new AtomicInteger();
  private final AtomicInteger slotsCached = new AtomicInteger();

  void publish(CacheBook book) {
    CacheTally tally = book.tally();
    hits.lazySet(tally.hits());
    hitTokens.lazySet(tally.hitTokens());
    pagesCopied.lazySet(tally.pagesCopied());
    pagesEvicted.lazySet(tally.pagesEvicted());
    checkpointsStored.lazySet(tally.checkpointsStored());
    checkpointsEvicted.lazySet(tally.checkpointsEvicted());
    pagesCached.lazySet(book.pagesCached());
    slotsCached.lazySet(book.slotsCached());
  }

  CacheSnapshot snapshot() {
    return new CacheSnapshot(
        hits.get(),
        hitTokens.get(),
        pagesCopied.get(),
        pagesEvicted.get(),
        checkpointsStored.get(),
        checkpointsEvicted.get(),
        flushes.get(),
        pagesCached.get(),
        slotsCached.get());
  }
}
