package io.souffleur.scheduler;

import static io.souffleur.scheduler.MemoryTable.size;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The arithmetic of one {@link MemoryPlan}. */
final class MemoryDivision {
  private final MemoryNeeds needs;
  private final MemoryBudget budget;
  private final MemorySettings asked;
  private final MemoryStates states;
  private final CacheLayout layout;

  /** Slots of a running request; 0 for models without recurrent layers. */
  private final int slotsEach;

  /** Whether states are kept beyond those. */
  private final boolean keeping;

  /** Most bytes of all caches. */
  private final long cacheBytesMax;

  MemoryDivision(MemoryNeeds needs, MemoryBudget budget, MemorySettings asked) {
    this.needs = needs;
    this.budget = budget;
    this.asked = asked;
    this.states = asked.states();
    this.layout = needs.layout();
    this.slotsEach = layout.slotBytes() == 0 ? 0 : states.slotsPerRequest();
    this.keeping = slotsEach > 0 && states.prefixes();
    this.cacheBytesMax = cacheBytesMax();
  }

  private long cacheBytesMax() {
    long bytes = asked.memFractionStatic().isPresent()
        ? (long) (asked.memFractionStatic().getAsDouble() * budget.totalBytes())
            - needs.weightBytes()
        : Math.min(
            MemoryPlan.AUTO_CACHE_BYTES_MAX,
            budget.availableBytes()
                - needs.weightBytes()
                - bufferBytesMax()
                - MemoryPlan.AUTO_RESERVE_BYTES);
    if (asked.memFractionStatic().isEmpty()) {
      long besides = needs.weightBytes() + bufferBytesMax() + needs.otherBytes(runningMax(), 1);
      bytes = Math.min(bytes, budget.totalBytes() - besides);
    }
    return Math.min(bytes, storeBytes());
  }

  /** Of as many requests as may come out. */
  private long bufferBytesMax() {
    return needs.step().bytes(runningMax());
  }

  private int runningMax() {
    return asked.maxRunningRequests().orElse(MemoryPlan.AUTO_RUNNING_MAX);
  }

  private long storeBytes() {
    return budget.storeFreeBytes() - budget.storeFreeBytes() / 16;
  }

  MemoryPlan plan() {
    boolean pagesAsked = asked.maxTotalTokens().isPresent();
    long fewestPages = pagesAsked
        ? Math.ceilDiv(asked.maxTotalTokens().getAsLong(), (long) layout.pageTokens())
        : requestPages(MemoryPlan.SMALLEST_REQUEST_TOKENS);
    long fewestSlots = slotsAsked() ? states.slots().getAsInt() : slotsEach;
    long smallest =
        Math.addExact(pageBytes(fewestPages), Math.multiplyExact(fewestSlots, layout.slotBytes()));
    if (fewestPages > Integer.MAX_VALUE || smallest > cacheBytesMax) {
      throw new IllegalArgumentException(tooSmall(smallest));
    }
    int running = running(fewestPages, pagesAsked);
    int slots = slots(running, pagesAsked ? fewestPages : 0);
    long pages = fewestPages;
    if (!pagesAsked) {
      long usable = Math.multiplyExact(pagesFor(needs.contextLength()), (long) running);
      long affordable = fitting(layout.pageBytes(), slotBytes(slots));
      pages = Math.min(Integer.MAX_VALUE, Math.min(usable, affordable));
    }
    return finished((int) pages, slots, running);
  }

  private boolean slotsAsked() {
    return slotsEach > 0 && states.slots().isPresent();
  }

  /** Requests that run together. */
  private int running(long fewestPages, boolean pagesAsked) {
    boolean given = asked.maxRunningRequests().isPresent();
    long wanted = runningMax();
    long slotsWanted = slotsEach + (keeping && !given ? MemoryPlan.AUTO_KEPT_MIN : 0);
    long affordable = Long.MAX_VALUE;
    if (slotsAsked()) {
      affordable = Math.max(1, states.slots().getAsInt() / slotsWanted);
    }
    long slotBytesEach = slotsAsked() ? 0 : slotBytes(slotsWanted);
    long slotBytesTaken = slotsAsked() ? slotBytes(states.slots().getAsInt()) : 0;
    if (pagesAsked) {
      affordable = Math.min(affordable, fewestPages);
      affordable =
          Math.min(affordable, fitting(slotBytesEach, slotBytesTaken + pageBytes(fewestPages)));
    } else {
      int aim = given ? MemoryPlan.SMALLEST_REQUEST_TOKENS : MemoryPlan.AUTO_REQUEST_TOKENS;
      affordable = Math.min(
          affordable, fitting(slotBytesEach + pageBytes(requestPages(aim)), slotBytesTaken));
    }
    if (keeping && !given && !pagesAsked && !slotsAsked()) {
      affordable = Math.min(affordable, stateBytesMax() / slotBytesEach);
    }
    int running = (int) Math.max(1, Math.min(wanted, affordable));
    if (running < wanted && given) {
      throw new IllegalArgumentException(tooMany(wanted, running));
    }
    return running;
  }

  /** All state slots; {@code pages} are already spoken for. */
  private int slots(int running, long pages) {
    long own = (long) slotsEach * running;
    if (slotsAsked()) {
      return states.slots().getAsInt();
    }
    if (!keeping) {
      return Math.toIntExact(own);
    }
    long pageBytes = Math.max(
        pageBytes(pages), pageBytes(requestPages(MemoryPlan.SMALLEST_REQUEST_TOKENS) * running));
    long share = pages > 0
        ? cacheBytesMax - pageBytes
        : Math.min(stateBytesMax(), cacheBytesMax - pageBytes);
    long kept = share / layout.slotBytes() - own;
    long most = (long) MemoryPlan.AUTO_KEPT_MAX * running;
    return Math.toIntExact(own + Math.max(0, Math.min(most, kept)));
  }

  /** As the ratio says. */
  private long stateBytesMax() {
    return (long) (states.share() * cacheBytesMax);
  }

  private MemoryPlan finished(int pages, int slots, int running) {
    List<String> warnings = new ArrayList<>();
    int kept = slots - slotsEach * running;
    MemoryTable table = new MemoryTable(needs, budget, states, running, pages, slots);
    if (table.allBytes() > budget.totalBytes() && !asked.equals(open())) {
      throw new IllegalArgumentException(table.tooMuch(asked));
    }
    if (table.allBytes() > budget.availableBytes()) {
      warnings.add("the memory plan may take " + size(table.allBytes()) + ", but only "
          + size(budget.availableBytes()) + " are available now");
    }
    if (keeping && kept == 0) {
      warnings.add("no state slot is left for kept prefixes: nothing of a request will be reused;"
          + " raise --max-mamba-cache-size or --mem-fraction-static, or lower"
          + " --max-running-requests");
    }
    return new MemoryPlan(
        new CacheCapacity(pages, slots),
        running,
        (long) pages * layout.pageTokens(),
        kept,
        table.lines(),
        List.copyOf(warnings));
  }

  /** The same with nothing asked for. */
  private MemorySettings open() {
    return new MemorySettings(
        OptionalDouble.empty(), OptionalLong.empty(), OptionalInt.empty(), states);
  }

  private long fitting(long bytesEach, long bytesTaken) {
    return bytesEach == 0 ? Long.MAX_VALUE : (cacheBytesMax - bytesTaken) / bytesEach;
  }

  private long slotBytes(long slots) {
    return slots * layout.slotBytes();
  }

  private long pageBytes(long pages) {
    return Math.multiplyExact(pages, layout.pageBytes());
  }

  private long pagesFor(int tokens) {
    return Math.ceilDiv(tokens, layout.pageTokens());
  }

  private long requestPages(int tokens) {
    return pagesFor(Math.min(needs.contextLength(), tokens));
  }

  private String left() {
    return (cacheBytesMax <= 0 ? "nothing" : size(cacheBytesMax)) + " is left for caches beside "
        + size(needs.weightBytes()) + " of weights";
  }

  private String tooMany(long wanted, int running) {
    long tokens = Math.min(needs.contextLength(), MemoryPlan.SMALLEST_REQUEST_TOKENS);
    return "--max-running-requests " + wanted + " does not fit: each takes "
        + (slotsEach == 0
            ? ""
            : slotsEach + " state slots of " + size(layout.slotBytes()) + " and ")
        + "pages of " + size(layout.pageBytes()) + " for at least " + tokens + " tokens"
        + (slotsAsked()
            ? ", --max-mamba-cache-size allows " + states.slots().getAsInt() + " slots"
            : "")
        + asked.maxTotalTokens().stream()
            .mapToObj(n -> ", --max-total-tokens " + n + " tokens")
            .findFirst()
            .orElse("")
        + "; " + left() + ": ask for at most " + running;
  }

  private String tooSmall(long smallest) {
    if (asked.maxTotalTokens().isPresent()) {
      return "--max-total-tokens " + asked.maxTotalTokens().getAsLong() + " needs "
          + size(smallest) + " of cache" + (slotsAsked() ? " with its state slots" : "") + ", but "
          + left() + ": ask for fewer";
    }
    if (slotsAsked()) {
      return "--max-mamba-cache-size " + states.slots().getAsInt() + " needs " + size(smallest)
          + " of cache with the pages of one request, but " + left() + ": ask for fewer";
    }
    if (storeBytes() < smallest) {
      return "the cache of one request needs " + size(smallest) + ", shared memory has "
          + size(budget.storeFreeBytes())
          + " free: enlarge it (docker --shm-size) or use --isolation thread";
    }
    String one = ", but the cache of one request needs " + size(smallest);
    if (asked.memFractionStatic().isPresent()) {
      return "--mem-fraction-static " + asked.memFractionStatic().getAsDouble() + " of "
          + size(budget.totalBytes()) + ": " + left() + one + ": raise --mem-fraction-static";
    }
    return size(budget.availableBytes()) + " of memory are available: " + left() + ", "
        + size(bufferBytesMax()) + " of step buffers and a reserve of "
        + size(MemoryPlan.AUTO_RESERVE_BYTES) + one
        + ": free some memory, or set --mem-fraction-static";
  }
}
