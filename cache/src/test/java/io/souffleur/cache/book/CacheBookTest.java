package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import org.junit.jupiter.api.Test;

class CacheBookTest {
  private static final CacheLayout LAYOUT = new CacheLayout(4, 64, 64);
  private static final int[] TOKENS = new int[100];

  @Test
  void reservesOnePageForEachStartedBlockOfPositions() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 4));
    var holding = book.open(100);

    assertTrue(book.tryReserve(holding, 9));

    assertEquals(3, holding.pageCount());
    assertEquals(5, book.pagesFree());
    assertEquals(2, book.slotsUsed());
  }

  @Test
  void takesNothingWhenPagesDoNotSuffice() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(2, 4));
    var holding = book.open(100);

    assertFalse(book.tryReserve(holding, 9));

    assertEquals(0, book.pagesUsed());
    assertEquals(0, book.slotsUsed());
    book.checkIntegrity();
  }

  @Test
  void takesNothingWhenSlotsDoNotSuffice() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 3));
    assertTrue(book.tryReserve(book.open(8), 1));
    var second = book.open(8);

    assertFalse(book.tryReserve(second, 1));

    assertEquals(1, book.pagesUsed());
    assertEquals(2, book.slotsUsed());
  }

  @Test
  void refusesWhenToldToAndOnlyWhatNeedsSomething() {
    boolean[] refuses = {false};
    var book =
        new CacheBook(LAYOUT, new CacheCapacity(8, 2), CacheRules.NO_PREFIXES, () -> refuses[0]);
    var holding = book.open(100);
    book.tryReserve(holding, 4);
    refuses[0] = true;

    assertTrue(book.tryReserve(holding, 4));
    assertFalse(book.tryReserve(holding, 5));
    assertEquals(1, book.pagesUsed());
  }

  @Test
  void growsByTheMissingPagesOnly() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 2));
    var holding = book.open(100);
    book.tryReserve(holding, 4);
    int first = holding.page(0);

    assertTrue(book.tryReserve(holding, 5));

    assertEquals(first, holding.page(0));
    assertEquals(2, holding.pageCount());
  }

  @Test
  void neverGrowsPastTheHoldingsLimit() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 2));
    var holding = book.open(5);

    assertEquals(2, holding.pagesMax());
    assertFalse(book.tryReserve(holding, 9));
  }

  @Test
  void readsWhatTheStepBeforeWrote() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 2));
    var holding = book.open(8);
    book.tryReserve(holding, 1);
    assertEquals(CacheHolding.NO_SLOT, holding.committedSlot());
    int firstWritten = holding.spareSlot();

    book.commit(holding, TOKENS, 1);
    assertEquals(firstWritten, holding.committedSlot());
    int secondWritten = holding.spareSlot();
    assertNotEquals(firstWritten, secondWritten);

    book.commit(holding, TOKENS, 2);
    assertEquals(secondWritten, holding.committedSlot());
    assertEquals(firstWritten, holding.spareSlot());
  }

  @Test
  void givesEverythingBackOnce() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 2));
    var holding = book.open(8);
    book.tryReserve(holding, 8);
    book.commit(holding, TOKENS, 1);

    book.release(holding, TOKENS);

    assertEquals(8, book.pagesFree());
    assertEquals(2, book.slotsFree());
    book.checkIntegrity();
    assertThrows(IllegalStateException.class, () -> book.release(holding, TOKENS));
    assertThrows(IllegalStateException.class, () -> book.tryReserve(holding, 1));
  }

  @Test
  void handsOutNoSlotsWithoutRecurrentLayers() {
    var book = new CacheBook(new CacheLayout(4, 64, 0), new CacheCapacity(8, 0));
    var holding = book.open(8);

    assertTrue(book.tryReserve(holding, 8));
    book.commit(holding, TOKENS, 1);

    assertEquals(CacheHolding.NO_SLOT, holding.committedSlot());
    assertEquals(CacheHolding.NO_SLOT, holding.spareSlot());
    assertEquals(Integer.MAX_VALUE, book.holdingsMax());
    book.release(holding, TOKENS);
    book.checkIntegrity();
  }

  @Test
  void refusesARecurrentModelWithoutTwoSlots() {
    var failure = assertThrows(
        IllegalArgumentException.class, () -> new CacheBook(LAYOUT, new CacheCapacity(8, 1)));

    assertTrue(failure.getMessage().contains("at least 2 state slots, got 1"));
  }

  @Test
  void integrityCheckNamesAPageOfAnotherOwner() {
    var book = new CacheBook(LAYOUT, new CacheCapacity(8, 4));
    var one = book.open(8);
    var other = book.open(8);
    book.tryReserve(one, 4);
    book.tryReserve(other, 4);
    other.pages[0] = one.page(0);

    var failure = assertThrows(IllegalStateException.class, book::checkIntegrity);

    assertTrue(failure.getMessage().contains("page " + one.page(0)), failure.getMessage());
  }
}
