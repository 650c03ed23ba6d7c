package io.souffleur.scheduler;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.List;

/**
 * How the memory of a replica is divided: weights, KV pages, state slots; fixed at start.
 *
 * <pre>
 *   caches ≤ mem-fraction-static · total − weights          when the fraction is given
 *          ≤ available − weights − step buffers − reserve   otherwise, at most {@link #AUTO_CACHE_BYTES_MAX}
 *   never more than the free space of the place where the cache files lie
 *   caches ≥ slots · slotBytes + pages · pageBytes
 *   slots  = slots of running requests + slots of kept states
 * </pre>
 *
 * <p>What was asked for is given or refused with the numbers; only what was left open is made to fit.
 *
 * @param maxRunningRequests requests computed together
 * @param totalTokens positions that all pages hold together
 * @param keptSlots state slots beyond those of running requests, for kept prefixes
 * @param lines the plan as a table, for the terminal
 * @param warnings what may go wrong although the plan is possible
 */
public record MemoryPlan(
    CacheCapacity capacity,
    int maxRunningRequests,
    long totalTokens,
    int keptSlots,
    List<String> lines,
    List<String> warnings) {
  /** Left to everybody else, and to heaps as they usually are, when nothing was asked for. */
  static final long AUTO_RESERVE_BYTES = 512L << 20;

  /** Cache space is written at start: more than this is taken only when somebody asks for it. */
  static final long AUTO_CACHE_BYTES_MAX = 8L << 30;

  /** Requests computed together when nothing was asked for. */
  public static final int AUTO_RUNNING_MAX = 64;

  /** Tokens per running request that the automatic split aims at. */
  static final int AUTO_REQUEST_TOKENS = 2048;

  /** Kept states per running request that the automatic split leaves room for, at least and at most. */
  static final int AUTO_KEPT_MIN = 2;

  static final int AUTO_KEPT_MAX = 8;

  /** A plan that cannot hold one request of this size (or of the context) is refused. */
  static final int SMALLEST_REQUEST_TOKENS = 256;

  /** @throws IllegalArgumentException with one sentence that names the flag to change */
  public static MemoryPlan of(MemoryNeeds needs, MemoryBudget budget, MemorySettings asked) {
    return new MemoryDivision(needs, budget, asked).plan();
  }

  /** Bytes of the caches. */
  public long cacheBytes(CacheLayout layout) {
    return capacity.pages() * layout.pageBytes() + capacity.slots() * layout.slotBytes();
  }
}
