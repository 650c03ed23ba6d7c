package io.souffleur.scheduler;

import java.util.Map;

/**
 * What the prefix cache did and holds, at one moment.
 *
 * @param hits sequences whose first step began after a cached prefix
 * @param hitTokens tokens of those prefixes, which were not computed
 * @param pagesCopied pages copied because a prefix ended inside one; times the page's bytes it is what
 *     hits cost
 * @param pagesEvicted cached pages that gave way
 * @param checkpointsStored states kept
 * @param checkpointsEvicted kept states that gave way
 * @param flushes times that everything was forgotten because somebody asked
 * @param pagesCached pages that are kept and that nobody reads
 * @param slotsCached slots with kept states
 */
public record CacheSnapshot(
    long hits,
    long hitTokens,
    long pagesCopied,
    long pagesEvicted,
    long checkpointsStored,
    long checkpointsEvicted,
    long flushes,
    int pagesCached,
    int slotsCached) {
  void into(Map<String, Long> values) {
    values.put("cache-hits", hits);
    values.put("cache-hit-tokens", hitTokens);
    values.put("cache-pages-copied", pagesCopied);
    values.put("cache-pages-evicted", pagesEvicted);
    values.put("cache-checkpoints-stored", checkpointsStored);
    values.put("cache-checkpoints-evicted", checkpointsEvicted);
    values.put("cache-flushes", flushes);
    values.put("pages-cached", (long) pagesCached);
    values.put("slots-cached", (long) slotsCached);
  }
}
