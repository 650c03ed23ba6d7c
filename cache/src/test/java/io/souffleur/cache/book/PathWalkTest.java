package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathWalkTest {
  private static final int[] TOKENS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

  private final CacheBook book = new CacheBook(
      new CacheLayout(4, 64, 64), new CacheCapacity(12, 8), new CacheRules(true, 2), () -> false);
  private final List<String> seen = new ArrayList<>();

  private void compute(int[] tokens, int count, int checkpoint) {
    CacheHolding holding = book.open(tokens.length);
    book.tryReserve(holding, count);
    book.planCheckpoint(holding, checkpoint, true);
    book.commit(holding, tokens, count);
    book.release(holding, tokens);
  }

  private void walk(int[] tokens, int count) {
    seen.clear();
    book.walk("", tokens, count, new PathVisitor() {
      @Override
      public boolean onPage(int page, int start, int rows) {
        seen.add("rows " + start + " to " + (start + rows));
        return true;
      }

      @Override
      public void onState(int slot, int position, boolean hinted) {
        seen.add((hinted ? "hinted " : "state ") + position);
      }
    });
  }

  @Test
  void tellsPagesAndStatesInOrder() {
    compute(TOKENS, 10, 6);

    walk(TOKENS, 10);
    assertEquals(
        List.of("rows 0 to 4", "rows 4 to 8", "hinted 6", "rows 8 to 10", "state 10"), seen);
    walk(TOKENS, 7);
    assertEquals(List.of("rows 0 to 4", "rows 4 to 7", "hinted 6"), seen);
    walk(new int[] {1, 2, 9}, 3);
    assertEquals(List.of("rows 0 to 2"), seen);
  }

  @Test
  void sharedRowsAreReadUntilTheHoldingGoes() {
    compute(TOKENS, 10, 6);
    CacheHolding holding = book.open("", 10);

    assertEquals(8, book.shareRows(holding, TOKENS, 10));

    assertEquals(2, holding.pageCount());
    assertEquals(2, book.pagesUsed());
    assertEquals(0, book.tally().hits());
    book.checkIntegrity();
    book.release(holding, TOKENS);
    assertEquals(0, book.pagesUsed());
    book.checkIntegrity();
  }

  @Test
  void whoBringsRowsAndStateLeavesThemToOthers() {
    int[] longer = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    compute(TOKENS, 4, 2);
    CacheHolding holding = book.open("", 13);
    book.shareRows(holding, longer, 13);
    book.tryReserve(holding, 11);

    book.commit(holding, longer, 11);
    book.release(holding, longer);

    assertEquals(11, book.probe("", longer, 12).length());
    assertEquals(0, book.tally().hits());
    book.checkIntegrity();
  }

  @Test
  void whoGivesUpLeavesNothing() {
    compute(TOKENS, 4, 2);
    CacheHolding holding = book.open("", 10);
    book.shareRows(holding, TOKENS, 10);
    book.tryReserve(holding, 10);

    book.release(holding, TOKENS);

    assertEquals(4, book.probe("", TOKENS, 9).walked());
    book.checkIntegrity();
  }
}
