package io.souffleur.scheduler;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the memory of a replica is divided: weights, KV pages, state slots; fixed at start.
 *
 * <pre>
 *   budget = mem-fraction-static · total − weights        when the fraction is given
 *          = what is available − weights − reserve        otherwise, at most {@link #AUTO_CACHE_BYTES_MAX}
 *   never more than the free space of the place where the cache files lie
 *   budget ≥ slots · slotBytes + pages · pageBytes,       slots = 2 · running requests
 * </pre>
 *
 * @param maxRunningRequests requests computed together
 * @param totalTokens positions that all pages hold together
 * @param lines the plan in words, for the terminal
 * @param warnings what was asked for and could not be given
 */
public record MemoryPlan(
    CacheCapacity capacity,
    int maxRunningRequests,
    long totalTokens,
    List<String> lines,
    List<String> warnings) {
  /** Left to the JVM, buffers of a step and everybody else when nothing was asked for. */
  static final long AUTO_RESERVE_BYTES = 512L << 20;

  /** Cache space is written at start: more than this is taken only when somebody asks for it. */
  static final long AUTO_CACHE_BYTES_MAX = 8L << 30;

  /** Requests computed together when nothing was asked for. */
  static final int AUTO_RUNNING_MAX = 64;

  /** Tokens per running request that the automatic split aims at. */
  static final int AUTO_REQUEST_TOKENS = 2048;

  /** A plan that cannot hold one request of this size (or of the context) is refused. */
  static final int SMALLEST_REQUEST_TOKENS = 256;

  private static final int SLOTS_PER_REQUEST = 2;

  /** @throws IllegalArgumentException with one sentence that names the flag to change */
  public static MemoryPlan of(MemoryNeeds needs, MemoryBudget budget, MemorySettings asked) {
    return new Division(needs, budget, asked).plan();
  }

  /** Bytes of the caches. */
  public long cacheBytes(CacheLayout layout) {
    return capacity.pages() * layout.pageBytes() + capacity.slots() * layout.slotBytes();
  }

  /** The arithmetic of one plan. */
  private static final class Division {
    private final MemoryNeeds needs;
    private final MemoryBudget budget;
    private final MemorySettings asked;
    private final CacheLayout layout;
    private final List<String> warnings = new ArrayList<>();
    private final long cacheBytesMax;

    Division(MemoryNeeds needs, MemoryBudget budget, MemorySettings asked) {
      this.needs = needs;
      this.budget = budget;
      this.asked = asked;
      this.layout = needs.layout();
      this.cacheBytesMax = cacheBytesMax();
    }

    private long cacheBytesMax() {
      long bytes = asked.memFractionStatic().isPresent()
          ? (long) (asked.memFractionStatic().getAsDouble() * budget.totalBytes())
              - needs.weightBytes()
          : Math.min(
              AUTO_CACHE_BYTES_MAX,
              budget.availableBytes() - needs.weightBytes() - AUTO_RESERVE_BYTES);
      long storeBytes = budget.storeFreeBytes() - budget.storeFreeBytes() / 16;
      return Math.min(bytes, storeBytes);
    }

    MemoryPlan plan() {
      long pages = asked.maxTotalTokens().isPresent()
          ? Math.ceilDiv(asked.maxTotalTokens().getAsLong(), (long) layout.pageTokens())
          : pagesFor(Math.min(needs.contextLength(), SMALLEST_REQUEST_TOKENS));
      long smallest = Math.multiplyExact(pages, layout.pageBytes()) + slotBytes(1);
      if (pages > Integer.MAX_VALUE || smallest > cacheBytesMax) {
        throw new IllegalArgumentException(tooSmall(smallest));
      }
      int running = running(pages);
      if (asked.maxTotalTokens().isEmpty()) {
        pages = affordablePages(running);
      }
      return describe((int) pages, running);
    }

    /** Requests that run together; {@code pages} are already spoken for. */
    private int running(long pages) {
      long wanted = asked.maxRunningRequests().orElse(AUTO_RUNNING_MAX);
      long affordable;
      if (asked.maxTotalTokens().isPresent()) {
        affordable = Math.min(pages, fitting(slotBytes(1), pages * layout.pageBytes()));
      } else {
        int aim =
            asked.maxRunningRequests().isPresent() ? SMALLEST_REQUEST_TOKENS : AUTO_REQUEST_TOKENS;
        long aimBytes =
            slotBytes(1) + pagesFor(Math.min(needs.contextLength(), aim)) * layout.pageBytes();
        affordable = fitting(aimBytes, 0);
      }
      int running = (int) Math.max(1, Math.min(wanted, affordable));
      if (asked.maxRunningRequests().isPresent() && running < wanted) {
        warnings.add("--max-running-requests " + wanted + " does not fit into memory: at most "
            + running + " run together");
      }
      return running;
    }

    private long fitting(long bytesEach, long bytesTaken) {
      return bytesEach == 0 ? Long.MAX_VALUE : (cacheBytesMax - bytesTaken) / bytesEach;
    }

    /** All the rest, but no more than the running requests can use. */
    private long affordablePages(int running) {
      long usable = Math.multiplyExact(pagesFor(needs.contextLength()), (long) running);
      return Math.min(
          Integer.MAX_VALUE, Math.min(usable, fitting(layout.pageBytes(), slotBytes(running))));
    }

    private long slotBytes(int requests) {
      return (long) SLOTS_PER_REQUEST * requests * layout.slotBytes();
    }

    private long pagesFor(int tokens) {
      return Math.ceilDiv(tokens, layout.pageTokens());
    }

    private String tooSmall(long smallest) {
      String left = cacheBytesMax <= 0 ? "nothing" : size(cacheBytesMax);
      if (asked.maxTotalTokens().isPresent()) {
        return "--max-total-tokens " + asked.maxTotalTokens().getAsLong() + " needs "
            + size(smallest) + " of cache, but " + left + " is left beside "
            + size(needs.weightBytes())
            + " of weights: ask for fewer";
      }
      long storeBytes = budget.storeFreeBytes() - budget.storeFreeBytes() / 16;
      if (storeBytes < smallest) {
        return "the cache of one request needs " + size(smallest) + ", shared memory has "
            + size(budget.storeFreeBytes())
            + " free: enlarge it (docker --shm-size) or use --isolation thread";
      }
      if (asked.memFractionStatic().isPresent()) {
        return "--mem-fraction-static " + asked.memFractionStatic().getAsDouble() + " of "
            + size(budget.totalBytes()) + " leaves " + left + " beside " + size(needs.weightBytes())
            + " of weights, but the cache of one request needs " + size(smallest)
            + ": raise --mem-fraction-static";
      }
      return size(budget.availableBytes()) + " of memory are available: " + left
          + " is left beside " + size(needs.weightBytes()) + " of weights and a reserve of "
          + size(AUTO_RESERVE_BYTES) + ", but the cache of one request needs " + size(smallest)
          + ": free some memory, or set --mem-fraction-static";
    }

    private MemoryPlan describe(int pages, int running) {
      int slots = layout.slotBytes() == 0 ? 0 : SLOTS_PER_REQUEST * running;
      long tokens = (long) pages * layout.pageTokens();
      List<String> lines = new ArrayList<>();
      lines.add("memory plan: " + size(budget.totalBytes()) + " in all, "
          + size(budget.availableBytes()) + " available"
          + (budget.storeFreeBytes() == MemoryBudget.UNBOUNDED
              ? ""
              : ", " + size(budget.storeFreeBytes()) + " of shared memory free"));
      lines.add("  weights   " + size(needs.weightBytes()));
      lines.add("  KV cache  " + size(pages * layout.pageBytes()) + ": " + count(tokens)
          + " tokens in " + count(pages) + " pages of " + layout.pageTokens());
      if (slots > 0) {
        lines.add("  states    " + size(slots * layout.slotBytes()) + ": " + count(slots)
            + " slots of " + size(layout.slotBytes()) + ", two per running request");
      }
      lines.add("  " + count(running) + (running == 1 ? " request runs" : " requests run")
          + " at a time; one request may hold "
          + count(Math.min(tokens, needs.contextLength())) + " tokens (context "
          + count(needs.contextLength()) + ")");
      return new MemoryPlan(
          new CacheCapacity(pages, slots),
          running,
          tokens,
          List.copyOf(lines),
          List.copyOf(warnings));
    }
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Bytes with a binary unit and one digit after the point. */
  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
