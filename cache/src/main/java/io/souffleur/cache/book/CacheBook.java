package io.souffleur.cache.book;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.function.BooleanSupplier;

/**
 * Who holds which KV page and which recurrent-state slot, and what of it is kept for others: the facade
 * of the book.
 *
 * <pre>
 *   open → match → tryReserve → { planCheckpoint* → commit → donate? }* → release or discard
 * </pre>
 *
 * <p>Invariant: a page or slot is free, belongs to exactly one open {@link CacheHolding}, or to the prefix
 * tree, which counts who reads it; {@link #checkIntegrity} proves it. Whatever is not read gives way when
 * somebody needs it. What a step reads or writes stays where it is until {@link #commit}. Owned by the
 * engine loop; not thread-safe.
 */
public final class CacheBook {
  private final int pageTokens;
  private final boolean recurrent;
  private final CacheRules rules;
  private final PagePool pages;
  private final StatePool slots;
  private final CacheTally tally = new CacheTally();
  private final Checkpoints checkpoints;
  private final HoldingSlots holdingSlots;
  private final PrefixTree tree;
  private final HoldingReads reads;
  private final PrefixWriter writer;
  private final PathWalk path;
  private final PrefixMatch match = new PrefixMatch();
  private final BooleanSupplier refuses;
  private final OpenHoldings open = new OpenHoldings();

  /** Without prefixes, two slots per sequence. */
  public CacheBook(CacheLayout layout, CacheCapacity capacity) {
    this(layout, capacity, CacheRules.NO_PREFIXES, () -> false);
  }

  /**
   * @param refuses asked before every reservation that needs something: true refuses it as if the pools
   *     were empty. For simulations and fault tests.
   */
  public CacheBook(
      CacheLayout layout, CacheCapacity capacity, CacheRules rules, BooleanSupplier refuses) {
    this.rules = rules;
    this.refuses = refuses;
    pageTokens = layout.pageTokens();
    recurrent = layout.slotBytes() > 0;
    if (recurrent && capacity.slots() < rules.slotsPerHolding()) {
      throw new IllegalArgumentException("a model with recurrent layers needs at least "
          + rules.slotsPerHolding() + " state slots, got " + capacity.slots());
    }
    pages = new PagePool(capacity.pages());
    slots = new StatePool(capacity.slots());
    int kept = rules.prefixes() ? capacity.pages() : 0;
    checkpoints = new Checkpoints(slots, kept, tally);
    holdingSlots = new HoldingSlots(slots, checkpoints, rules.slotsPerHolding());
    tree = new PrefixTree(pageTokens, kept, pages, checkpoints, tally);
    reads = new HoldingReads(pages, tree, checkpoints);
    writer = new PrefixWriter(pageTokens, tree, checkpoints);
    path = new PathWalk(pageTokens, tree, checkpoints);
  }

  // ---- holdings ----

  /** As {@link #open(String, int)}, in the namespace of everybody. */
  public CacheHolding open(int tokensMax) {
    return open("", tokensMax);
  }

  /** A holding with nothing in it, for at most {@code tokensMax} positions. Allocates. */
  public CacheHolding open(String namespace, int tokensMax) {
    return open.add(namespace, Math.min(pagesFor(tokensMax), pages.total()), rules.prefixes());
  }

  /**
   * What {@link #match} would find now; changes nothing.
   *
   * @return reused by the next call of this and of {@code match}
   */
  public PrefixMatch probe(String namespace, int[] tokens, int limit) {
    if (rules.prefixes()) {
      tree.match(namespace, tokens, limit, recurrent, match);
    } else {
      match.clear();
    }
    return match;
  }

  /**
   * Fills an empty holding with the longest prefix of {@code tokens[0, limit)} that the tree has: full
   * pages to share, perhaps a page to copy, and for recurrent models the slot of the state there. All of
   * it stays put until the first {@link #commit}, or until the holding is released.
   *
   * @return tokens that need not be computed
   */
  public int match(CacheHolding holding, int[] tokens, int limit) {
    open.checkEmpty(holding);
    PrefixMatch found =
        probe(holding.namespace, tokens, Math.min(limit, holding.pagesMax() * pageTokens));
    holding.branch = recurrent && found.walked > found.length ? found.walked : 0;
    if (found.length == 0) {
      return 0;
    }
    reads.take(holding, found);
    return found.length;
  }

  /**
   * Fills an empty holding with the full pages that the tree has of {@code tokens[0, limit)}, whether or
   * not a state is there to go on from: for whoever brings the state. Not counted as a hit.
   *
   * @return tokens whose rows need not be computed, a multiple of the page size
   */
  public int shareRows(CacheHolding holding, int[] tokens, int limit) {
    open.checkEmpty(holding);
    int most = Math.min(limit, holding.pagesMax() * pageTokens);
    walk(holding.namespace, tokens, most, reads.fullPagesInto(holding, pageTokens));
    holding.matchedPages = holding.pageCount;
    holding.committedTokens = holding.pageCount * pageTokens;
    return holding.committedTokens;
  }

  /** Tells what the tree has of the first {@code count} tokens. */
  public void walk(String namespace, int[] tokens, int count, PathVisitor visitor) {
    if (rules.prefixes()) {
      path.walk(namespace, tokens, count, visitor);
    }
  }

  /**
   * Makes sure that the holding has pages for positions {@code [0, tokens)} and, for recurrent models,
   * its slots; evicts what nobody reads. All or nothing: false leaves the holding as it was. Allocates
   * nothing.
   */
  public boolean tryReserve(CacheHolding holding, int tokens) {
    open.check(holding);
    int needed = pagesFor(tokens);
    boolean needsSlots = recurrent && !holding.slotsHeld();
    if (needed <= holding.pageCount && !needsSlots) {
      return true;
    }
    if (refuses.getAsBoolean()
        || needed > holding.pages.length
        || needed - holding.pageCount > pagesAvailable()
        || (needsSlots && !holdingSlots.suffice())) {
      return false;
    }
    if (needed > holding.pageCount) {
      while (pages.free() < needed - holding.pageCount) {
        tree.evictOne();
      }
      if (!pages.tryGrow(holding.pages, holding.pageCount, needed, holding.number)) {
        throw new IllegalStateException("pages ran out within a reservation");
      }
      holding.pageCount = needed;
    }
    if (needsSlots) {
      holdingSlots.give(holding);
    }
    return true;
  }

  /**
   * Takes a slot for the state after the first {@code position} tokens, which the next step stores on its
   * way; {@link #commit} hangs it on the tree.
   *
   * @param hint whether somebody said that others will need it
   * @return the slot, or {@link CacheHolding#NO_SLOT} when none is free or can be freed
   */
  public int planCheckpoint(CacheHolding holding, int position, boolean hint) {
    open.check(holding);
    if (!keepsStates() || !writer.attached(holding) || refuses.getAsBoolean()) {
      return CacheHolding.NO_SLOT;
    }
    return holdingSlots.plan(holding, position, hint);
  }

  /** The step in flight will not be applied: slots that it would have stored states in are free again. */
  public void callOff(CacheHolding holding) {
    open.check(holding);
    holdingSlots.callOff(holding);
  }

  /**
   * A step was applied that computed the rows up to {@code computed}: what it wrote is committed, what it
   * read is let go, and what others may use of it enters the tree. In steady decode this allocates
   * nothing and looks at nothing but counts, except at the end of a page.
   */
  public void commit(CacheHolding holding, int[] tokens, int computed) {
    open.check(holding);
    int rows = computed - holding.committedTokens;
    tally.commits(holding);
    reads.letGo(holding);
    holding.advance();
    holding.committedTokens = computed;
    if (!rules.prefixes()) {
      return;
    }
    if (!writer.attached(holding)) {
      callOff(holding);
      return;
    }
    writer.enterFullPages(holding, tokens, computed);
    for (int i = 0; i < holding.plannedCheckpoints(); i++) {
      int slot = holding.plannedSlot(i);
      if (!writer.hang(holding, tokens, holding.plannedPosition(i), slot, holding.plannedHint(i))) {
        slots.release(slot, holding.number);
      }
    }
    holding.clearPlanned();
    if (!recurrent && rows > 1) {
      writer.nodeAt(holding, tokens, computed);
    }
  }

  /**
   * Between steps: the committed state becomes a checkpoint of the tree, which the next step reads, and
   * the holding takes a fresh slot.
   *
   * @return false when the tree has that state already, or no slot is free or can be freed
   */
  public boolean donate(CacheHolding holding, int[] tokens, boolean hint) {
    open.check(holding);
    int slot = holding.committed;
    if (!keepsStates() || !mayHang(holding, tokens) || refuses.getAsBoolean()) {
      return false;
    }
    int fresh = holdingSlots.take(holding);
    if (fresh == StatePool.NONE) {
      return false;
    }
    writer.hang(holding, tokens, holding.committedTokens, slot, hint);
    holdingSlots.exchangeCommitted(holding, fresh);
    return true;
  }

  private boolean mayHang(CacheHolding holding, int[] tokens) {
    return holding.committed != CacheHolding.NO_SLOT
        && !holding.stateTorn
        && writer.attached(holding)
        && writer.existing(holding, tokens, holding.committedTokens) == Checkpoints.NONE;
  }

  /** A step that works in place was interrupted: pages are good, the state is not. */
  public void tearState(CacheHolding holding) {
    open.check(holding);
    holding.stateTorn = true;
  }

  // ---- ends ----

  /**
   * Closes the holding: what was computed stays in the tree, its state too, until somebody needs the
   * room; everything else is free again.
   */
  public void release(CacheHolding holding, int[] tokens) {
    open.check(holding);
    callOff(holding);
    boolean computed = holding.committedTokens > holding.matchedTokens;
    if (rules.prefixes() && computed && writer.attached(holding)) {
      writer.enterFullPages(holding, tokens, holding.committedTokens);
      if (!recurrent) {
        writer.nodeAt(holding, tokens, holding.committedTokens);
      } else if (mayHang(holding, tokens)) {
        int slot = holding.committed;
        writer.hang(holding, tokens, holding.committedTokens, slot, false);
        holdingSlots.forgetCommitted(holding);
      }
    }
    close(holding);
  }

  /**
   * Closes a holding whose numbers cannot be trusted: nothing of it stays, and what it has put into the
   * tree is not found any more, nor anything below it. Allocates.
   */
  public void discard(CacheHolding holding) {
    open.check(holding);
    callOff(holding);
    reads.kill(holding);
    close(holding);
  }

  private void close(CacheHolding holding) {
    reads.leaveAll(holding);
    holdingSlots.releaseAll(holding);
    open.remove(holding);
  }

  /** Forgets all prefixes. What running sequences read stays with them and is not found any more. */
  public void flush() {
    tree.killAll();
  }

  // ---- what there is ----

  /** Pages that {@code tokens} positions need. */
  public int pagesFor(int tokens) {
    return Math.ceilDiv(tokens, pageTokens);
  }

  /** Pages that are free or can be freed when this holding goes, because nobody else reads them. */
  public int pagesOfItsOwn(CacheHolding holding) {
    return reads.pagesOfItsOwn(holding);
  }

  /** Stays the same as long as {@link #probe} finds the same. */
  public long version() {
    return tree.version() + checkpoints.version();
  }

  public int pageTokens() {
    return pageTokens;
  }

  /** Whether sequences hold state slots beside their pages. */
  public boolean recurrent() {
    return recurrent;
  }

  /** Whether prefixes are kept for others. */
  public boolean prefixes() {
    return rules.prefixes();
  }

  /** Whether prefixes are kept and need states to be of use. */
  public boolean keepsStates() {
    return rules.prefixes() && recurrent;
  }

  /** Sequences that the slots suffice for; unbounded for models without recurrent layers. */
  public int holdingsMax() {
    return recurrent ? slots.total() / rules.slotsPerHolding() : Integer.MAX_VALUE;
  }

  public CacheTally tally() {
    return tally;
  }

  public int pagesTotal() {
    return pages.total();
  }

  public int pagesFree() {
    return pages.free();
  }

  /** Pages that the tree keeps and nobody reads. */
  public int pagesCached() {
    return tree.evictable();
  }

  /** Free pages and those that can be freed. */
  public int pagesAvailable() {
    return pages.free() + tree.evictable();
  }

  /** Pages that running sequences hold or read. */
  public int pagesUsed() {
    return pages.used() - tree.evictable();
  }

  public int slotsTotal() {
    return slots.total();
  }

  public int slotsFree() {
    return slots.free();
  }

  /** Slots with checkpoints of the tree. */
  public int slotsCached() {
    return checkpoints.count();
  }

  /** Slots that running sequences hold. */
  public int slotsUsed() {
    return slots.used() - checkpoints.count();
  }

  /** Namespaces that have something in the tree. */
  public int namespaces() {
    return tree.rootCount();
  }

  /** Throws {@link IllegalStateException} naming the first page or slot that breaks the invariant. */
  public void checkIntegrity() {
    pages.checkIntegrity();
    slots.checkIntegrity();
    var audit = new BookAudit(pages, slots);
    open.forEach(audit::count);
    audit.compare(tree, checkpoints);
  }
}
