package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages of 4 tokens. */
class PrefixCacheTest {
  private static final int NONE = CacheHolding.NO_SLOT;

  private CacheBook book = recurrent(32, 32);

  private static CacheBook recurrent(int pages, int slots) {
    return book(64, pages, slots, new CacheRules(true, 2));
  }

  private static CacheBook book(int slotBytes, int pages, int slots, CacheRules rules) {
    return new CacheBook(
        new CacheLayout(4, 64, slotBytes), new CacheCapacity(pages, slots), rules, () -> false);
  }

  @AfterEach
  void integrity() {
    book.checkIntegrity();
  }

  /** Tokens 1000, 1001, …, the last ones replaced by {@code suffix}. */
  private static int[] tokens(int count, int... suffix) {
    int[] tokens = IntStream.range(1_000, 1_000 + count).toArray();
    System.arraycopy(suffix, 0, tokens, count - suffix.length, suffix.length);
    return tokens;
  }

  private CacheHolding start(int[] tokens) {
    return start("", tokens);
  }

  private CacheHolding start(String namespace, int[] tokens) {
    CacheHolding holding = book.open(namespace, tokens.length + 20);
    book.match(holding, tokens, tokens.length - 1);
    assertTrue(book.tryReserve(holding, tokens.length + 1));
    return holding;
  }

  /** Computes all tokens in one step and ends. */
  private void computeAndEnd(int[] tokens, int... checkpoints) {
    computeAndEnd("", tokens, checkpoints);
  }

  private void computeAndEnd(String namespace, int[] tokens, int... checkpoints) {
    CacheHolding holding = start(namespace, tokens);
    for (int position : checkpoints) {
      assertNotEquals(NONE, book.planCheckpoint(holding, position, true));
    }
    book.commit(holding, tokens, tokens.length);
    book.release(holding, tokens);
    book.checkIntegrity();
  }

  private int cached(int[] tokens) {
    return cached("", tokens);
  }

  private int cached(String namespace, int[] tokens) {
    return book.probe(namespace, tokens, tokens.length - 1).length();
  }

  @Test
  void findsNothingInAnEmptyTree() {
    assertEquals(0, cached(tokens(10)));
  }

  @Test
  void continuesWhereASequenceEnded() {
    computeAndEnd(tokens(10));

    CacheHolding next = start(tokens(13));

    assertEquals(10, next.matchedTokens());
    assertEquals(4, next.pageCount());
    assertNotEquals(NONE, next.committedSlot());
    assertNotEquals(next.committedSlot(), next.spareSlot());
    assertNotEquals(CacheHolding.NO_PAGE, next.copySource());
    assertEquals(next.page(2), next.copyTarget());
    assertEquals(5, book.pagesUsed(), "two own, two shared, one that is copied from");
  }

  @Test
  void leavesOneRowToComputeOfAnIdenticalPrompt() {
    int[] prompt = tokens(10);
    computeAndEnd(prompt, 9);

    assertEquals(9, cached(prompt));
  }

  @Test
  void needsAStateWhereItGoesOn() {
    computeAndEnd(tokens(10));

    CacheHolding sibling = start(tokens(12, 7, 7, 7, 7));

    assertEquals(0, sibling.matchedTokens());
    assertEquals(8, sibling.branch());
  }

  @Test
  void keepsAStateAtTheBranchingPointForTheNextSibling() {
    computeAndEnd(tokens(12));
    computeAndEnd(tokens(12, 7, 7, 7, 7, 7, 7), 6);

    CacheHolding third = start(tokens(12, 8, 8, 8, 8, 8, 8));

    assertEquals(6, third.matchedTokens());
    assertEquals(0, third.branch());
  }

  @Test
  void sharesFullPagesAndCopiesNoneWhenTheStateLiesOnAPageBorder() {
    computeAndEnd(tokens(12), 8);

    CacheHolding sibling = start(tokens(12, 7, 7));

    assertEquals(8, sibling.matchedTokens());
    assertEquals(CacheHolding.NO_PAGE, sibling.copySource());
  }

  @Test
  void separatesNamespaces() {
    computeAndEnd("a", tokens(10), 8);

    assertEquals(8, cached("a", tokens(10)));
    assertEquals(0, cached("b", tokens(10)));
    assertEquals(0, cached("", tokens(10)));
    assertEquals(1, book.namespaces());
  }

  @Test
  void forgetsAnEmptyNamespace() {
    computeAndEnd("a", tokens(10), 8);
    book.flush();

    assertEquals(0, book.namespaces());
    assertEquals(32, book.pagesFree());
    assertEquals(32, book.slotsFree());
  }

  @Test
  void matchesRunningSequencesToo() {
    int[] prompt = tokens(10);
    CacheHolding first = start(prompt);
    book.planCheckpoint(first, 9, true);
    book.commit(first, prompt, 10);

    CacheHolding second = start(prompt);

    assertEquals(9, second.matchedTokens());
    assertEquals(first.page(0), second.page(0));
    assertEquals(first.page(2), second.copySource());
    assertNotEquals(first.page(2), second.page(2));
  }

  @Test
  void keepsItsOwnPageWhenAnotherWroteTheSameFirst() {
    int[] prompt = tokens(10);
    CacheHolding first = start(prompt);
    CacheHolding second = start(prompt);
    book.commit(first, prompt, 10);
    book.commit(second, prompt, 10);
    book.checkIntegrity();

    assertNotEquals(first.page(0), second.page(0));
    book.release(second, prompt);
    book.checkIntegrity();
    book.release(first, prompt);
    assertEquals(3, book.pagesCached());
    assertEquals(1, book.slotsCached());
  }

  @Test
  void letsAPartialPageGrowInPlace() {
    int[] tokens = tokens(16);
    CacheHolding holding = start(tokens);
    book.planCheckpoint(holding, 9, true);
    book.commit(holding, tokens, 10);
    book.commit(holding, tokens, 16);
    book.release(holding, tokens);

    assertEquals(4, book.pagesCached());
    assertEquals(9, cached(tokens(12, 7, 7, 7)));
    assertEquals(16, cached(tokens(20)));
  }

  @Test
  void absorbsAPartialPageThatSaysNothingMore() {
    computeAndEnd(tokens(10), 9);
    assertEquals(3, book.pagesCached());

    computeAndEnd(tokens(16));

    assertEquals(4, book.pagesCached());
    assertEquals(9, cached(tokens(12, 7, 7, 7)), "the state of the absorbed page is kept");
  }

  @Test
  void evictsLeavesBeforeTheirParentsAndTheOldestFirst() {
    book = recurrent(8, 16);
    computeAndEnd(tokens(12), 4, 8);
    computeAndEnd(tokens(12, 7, 7, 7, 7), 8);
    assertEquals(4, book.pagesCached());

    CacheHolding other = book.open(100);
    assertTrue(book.tryReserve(other, 20));

    assertEquals(8, cached(tokens(12)), "its last page went, the trunk is younger");
    assertEquals(8, cached(tokens(12, 7, 7, 7, 7)));
    assertEquals(1, book.tally().pagesEvicted());
  }

  @Test
  void givesEverythingToWhoeverNeedsIt() {
    book = recurrent(4, 3);
    computeAndEnd(tokens(12), 4);

    CacheHolding other = book.open(100);
    assertTrue(book.tryReserve(other, 16));

    assertEquals(0, book.pagesCached());
    assertEquals(0, book.slotsCached());
  }

  @Test
  void neverEvictsWhatASequenceReads() {
    book = recurrent(6, 8);
    computeAndEnd(tokens(12), 8, 10);
    CacheHolding reader = start(tokens(12, 7));
    assertEquals(10, reader.matchedTokens());
    CacheHolding other = book.open(100);

    assertFalse(book.tryReserve(other, 9));
    assertTrue(book.tryReserve(other, 1));
  }

  @Test
  void letsGoOfTheStateAndTheCopiedPageAfterTheFirstStep() {
    book = recurrent(6, 5);
    int[] tokens = tokens(12, 7);
    computeAndEnd(tokens(12), 8, 10);
    CacheHolding reader = start(tokens);
    assertEquals(0, book.tally().hits(), "a hit counts when its first step is applied");

    book.commit(reader, tokens, 12);

    assertEquals(1, book.tally().hits());
    assertEquals(10, book.tally().hitTokens());
    assertEquals(1, book.tally().pagesCopied());
    CacheHolding other = book.open(100);
    assertTrue(book.tryReserve(other, 8));
  }

  @Test
  void evictsStatesTakenInPassingBeforeHintedOnes() {
    book = recurrent(32, 4);
    int[] tokens = tokens(16);
    CacheHolding holding = start(tokens);
    book.planCheckpoint(holding, 4, true);
    book.planCheckpoint(holding, 8, false);
    book.commit(holding, tokens, 16);
    assertEquals(0, book.slotsFree());

    book.planCheckpoint(holding, 17, false);

    assertEquals(4, cached(tokens(16)));
    assertEquals(1, book.tally().checkpointsEvicted());
  }

  @Test
  void donatesTheCommittedStateAndGoesOnFromIt() {
    int[] tokens = tokens(12);
    CacheHolding holding = start(tokens);
    book.commit(holding, tokens, 8);
    int state = holding.committedSlot();

    assertTrue(book.donate(holding, tokens, false));

    assertEquals(state, holding.committedSlot());
    assertNotEquals(state, holding.spareSlot());
    assertEquals(8, cached(tokens));
    book.checkIntegrity();
    book.commit(holding, tokens, 9);
    assertNotEquals(state, holding.committedSlot());
    assertNotEquals(state, holding.spareSlot());
    assertFalse(holding.runsInPlace());
  }

  @Test
  void worksInPlaceWithOneSlotAndCanStillDonate() {
    book = book(64, 32, 4, new CacheRules(true, 1));
    int[] tokens = tokens(12);
    CacheHolding holding = start(tokens);
    assertFalse(holding.runsInPlace());
    book.commit(holding, tokens, 8);
    assertTrue(holding.runsInPlace());

    assertTrue(book.donate(holding, tokens, false));

    assertFalse(holding.runsInPlace());
    book.commit(holding, tokens, 9);
    assertTrue(holding.runsInPlace());
    assertEquals(1, book.slotsUsed());
    assertEquals(8, cached(tokens));
  }

  @Test
  void keepsPagesButNotTheStateOfATornStep() {
    book = book(64, 32, 4, new CacheRules(true, 1));
    int[] tokens = tokens(12);
    CacheHolding holding = start(tokens);
    book.commit(holding, tokens, 8);
    book.tearState(holding);
    book.release(holding, tokens);

    assertEquals(0, cached(tokens));
    assertEquals(2, book.pagesCached());
  }

  @Test
  void forgetsWhatADiscardedSequenceHasWritten() {
    computeAndEnd(tokens(8), 4);
    int[] bad = tokens(16);
    CacheHolding holding = start(bad);
    book.planCheckpoint(holding, 12, true);
    book.commit(holding, bad, 14);
    CacheHolding reader = start(tokens(20));
    assertEquals(12, reader.matchedTokens());

    book.discard(holding);

    book.checkIntegrity();
    assertEquals(8, cached(bad));
    book.commit(reader, tokens(20), 20);
    book.release(reader, tokens(20));
    assertEquals(8, cached(bad), "nothing hangs below what was forgotten");
    assertEquals(2, book.pagesCached());
  }

  @Test
  void flushLeavesRunningSequencesWhatTheyRead() {
    computeAndEnd(tokens(12), 8);
    CacheHolding reader = start(tokens(12, 7));

    book.flush();

    book.checkIntegrity();
    assertEquals(0, cached(tokens(12)));
    assertEquals(0, book.pagesCached());
    book.commit(reader, tokens(12, 7), 12);
    book.release(reader, tokens(12, 7));
    assertEquals(32, book.pagesFree());
    assertEquals(32, book.slotsFree());
  }

  @Test
  void givesCheckpointsOfACalledOffStepBack() {
    int[] tokens = tokens(12);
    CacheHolding holding = start(tokens);
    book.planCheckpoint(holding, 4, true);
    book.planCheckpoint(holding, 8, true);

    book.callOff(holding);

    assertEquals(2, book.slotsUsed());
    assertEquals(0, holding.plannedCheckpoints());
  }

  @Test
  void takesAnyPrefixWithoutRecurrentLayers() {
    book = book(0, 32, 0, new CacheRules(true, 2));
    computeAndEnd(tokens(10));

    CacheHolding sibling = start(tokens(12, 7, 7, 7));

    assertEquals(9, sibling.matchedTokens());
    assertNotEquals(CacheHolding.NO_PAGE, sibling.copySource());
    assertEquals(0, sibling.branch());
    assertEquals(9, cached(tokens(10)));
  }

  @Test
  void countsPagesThatOnlyOneHoldingReads() {
    computeAndEnd(tokens(8), 8);
    CacheHolding one = start(tokens(12));
    assertEquals(4, book.pagesOfItsOwn(one));

    CacheHolding other = start(tokens(12, 7));

    assertEquals(2, book.pagesOfItsOwn(one));
    assertEquals(2, book.pagesOfItsOwn(other));
  }

  @Test
  void keepsNothingWhenToldNotTo() {
    book = book(64, 32, 8, CacheRules.NO_PREFIXES);
    int[] tokens = tokens(12);
    CacheHolding holding = start(tokens);
    assertEquals(NONE, book.planCheckpoint(holding, 4, true));
    book.commit(holding, tokens, 12);
    assertFalse(book.donate(holding, tokens, true));
    book.release(holding, tokens);

    assertEquals(0, cached(tokens));
    assertEquals(32, book.pagesFree());
    assertEquals(8, book.slotsFree());
  }

  @Test
  void integrityNamesAReaderThatIsNotCounted() {
    computeAndEnd(tokens(12), 8, 10);
    CacheHolding reader = start(tokens(12, 7));
    reader.pathCount--;
    try {
      var failure = assertThrows(IllegalStateException.class, book::checkIntegrity);
      assertTrue(
          failure.getMessage().contains("claims page " + reader.page(1)), failure::getMessage);
    } finally {
      reader.pathCount++;
    }
  }

  @Test
  void integrityNamesAStateThatNobodyReadsAndThatIsLocked() {
    computeAndEnd(tokens(12), 8);
    CacheHolding reader = start(tokens(12, 7));
    int slot = reader.borrowed;
    reader.borrowed = NONE;
    try {
      var failure = assertThrows(IllegalStateException.class, book::checkIntegrity);
      assertTrue(failure.getMessage().contains("checkpoint in slot " + slot), failure::getMessage);
    } finally {
      reader.borrowed = slot;
    }
  }
}
