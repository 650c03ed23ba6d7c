package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.book.FeatureBook.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureBookTest {
  private final FeatureBook book = new FeatureBook(100);

  private static byte[] hash(int number) {
    byte[] hash = new byte[32];
    hash[0] = (byte) number;
    hash[31] = (byte) (number >> 8);
    return hash;
  }

  @Test
  void aPictureThatComesAgainIsTheSameOne() {
    Features first = book.acquire(hash(1), 40).orElseThrow();
    first.markEncoded(2);
    book.release(first);

    Features again = book.acquire(hash(1), 40).orElseThrow();

    assertSame(first, again);
    assertTrue(again.encoded(2));
    assertFalse(again.encoded(1));
    assertEquals(1, book.hits());
  }

  @Test
  void whatIsReadStaysAndTheOldestOfTheRestGoes() {
    Features read = book.acquire(hash(1), 30).orElseThrow();
    Features old = book.acquire(hash(2), 30).orElseThrow();
    Features fresh = book.acquire(hash(3), 30).orElseThrow();
    book.release(fresh);
    book.release(old);
    book.release(book.acquire(hash(3), 30).orElseThrow());

    Features newcomer = book.acquire(hash(4), 30).orElseThrow();

    assertEquals(old.firstRow(), newcomer.firstRow());
    assertSame(fresh, book.acquire(hash(3), 30).orElseThrow());
    assertEquals(Optional.empty(), book.acquire(hash(5), 30));
    assertEquals(1, book.evictions());
    assertEquals(3, book.readers());
    assertSame(read, book.acquire(hash(1), 30).orElseThrow());
  }

  @Test
  void aPictureIsNeverGivenRowsOfAnotherLength() {
    book.acquire(hash(1), 30);
    assertThrows(IllegalStateException.class, () -> book.acquire(hash(1), 31));
  }

  @Test
  void releasingTwiceIsAnError() {
    Features features = book.acquire(hash(1), 30).orElseThrow();
    book.release(features);
    assertThrows(IllegalStateException.class, () -> book.release(features));
  }

  @Test
  void everyRowHasOneOwnerWhateverComesAndGoes() {
    var random = new Random(5);
    List<Features> held = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (!held.isEmpty() && random.nextInt(2) == 0) {
        book.release(held.remove(random.nextInt(held.size())));
      } else {
        int number = random.nextInt(40);
        book.acquire(hash(number), 1 + number).ifPresent(held::add);
      }
      assertEquals(held.size(), book.readers());
      book.checkIntegrity();
    }
    held.forEach(book::release);
    assertTrue(book.acquire(hash(500), 100).isPresent());
  }
}
