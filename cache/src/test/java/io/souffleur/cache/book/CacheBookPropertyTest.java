package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random reservations, growth, steps and releases against sets of integers. */
class CacheBookPropertyTest {
  private static final int OPERATIONS = 4_000;
  private static final int[] TOKENS = new int[OPERATIONS];

  /** A sequence as the naive model sees it. */
  private static final class Naive {
    final CacheHolding holding;
    final int tokensMax;
    int tokens;
    int computed;
    int committed = CacheHolding.NO_SLOT;

    Naive(CacheHolding holding, int tokensMax) {
      this.holding = holding;
      this.tokensMax = tokensMax;
    }

    Set<Integer> pages() {
      Set<Integer> numbers = new HashSet<>();
      for (int i = 0; i < holding.pageCount(); i++) {
        numbers.add(holding.page(i));
      }
      return numbers;
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesLikeSetsOfNumbers(long seed) {
    var random = new Random(seed);
    int pageTokens = 1 + random.nextInt(5);
    int pages = 1 + random.nextInt(24);
    boolean recurrent = random.nextBoolean();
    int slots = recurrent ? 2 + random.nextInt(9) : 0;
    var book = new CacheBook(
        new CacheLayout(pageTokens, 64, recurrent ? 64 : 0), new CacheCapacity(pages, slots));
    List<Naive> live = new ArrayList<>();

    for (int i = 0; i < OPERATIONS; i++) {
      switch (random.nextInt(5)) {
        case 0 -> {
          if (live.size() < 12) {
            int tokensMax = 1 + random.nextInt(60);
            live.add(new Naive(book.open(tokensMax), tokensMax));
          }
        }
        case 1, 2 -> reserveSome(book, live, random, pageTokens, pages, slots, recurrent);
        case 3 -> advanceSome(book, live, random);
        default -> {
          if (!live.isEmpty()) {
            book.release(live.remove(random.nextInt(live.size())).holding, TOKENS);
          }
        }
      }
      compare(book, live, pageTokens, pages, slots, recurrent);
    }
    live.forEach(each -> book.release(each.holding, TOKENS));
    book.checkIntegrity();
    assertEquals(0, book.pagesUsed());
    assertEquals(0, book.slotsUsed());
  }

  private static void reserveSome(
      CacheBook book,
      List<Naive> live,
      Random random,
      int pageTokens,
      int pages,
      int slots,
      boolean recurrent) {
    if (live.isEmpty()) {
      return;
    }
    Naive naive = live.get(random.nextInt(live.size()));
    int tokens = naive.tokens + random.nextInt(10);
    int held = live.stream().mapToInt(each -> ceil(each.tokens, pageTokens)).sum();
    long started = live.stream().filter(each -> each.holding.spareSlot() >= 0).count();
    boolean fits = ceil(tokens, pageTokens) <= Math.min(pages, ceil(naive.tokensMax, pageTokens))
        && held - ceil(naive.tokens, pageTokens) + ceil(tokens, pageTokens) <= pages
        && (!recurrent || naive.holding.spareSlot() >= 0 || slots - 2 * started >= 2);

    assertEquals(fits, book.tryReserve(naive.holding, tokens));
    if (fits) {
      naive.tokens = tokens;
    }
  }

  private static void advanceSome(CacheBook book, List<Naive> live, Random random) {
    if (live.isEmpty()) {
      return;
    }
    Naive naive = live.get(random.nextInt(live.size()));
    if (naive.holding.spareSlot() == CacheHolding.NO_SLOT) {
      return;
    }
    int written = naive.holding.spareSlot();
    book.commit(naive.holding, TOKENS, ++naive.computed);
    naive.committed = written;
  }

  private static void compare(
      CacheBook book, List<Naive> live, int pageTokens, int pages, int slots, boolean recurrent) {
    book.checkIntegrity();
    Set<Integer> pagesSeen = new HashSet<>();
    Set<Integer> slotsSeen = new HashSet<>();
    for (Naive naive : live) {
      assertEquals(ceil(naive.tokens, pageTokens), naive.holding.pageCount());
      for (int page : naive.pages()) {
        assertTrue(page >= 0 && page < pages && pagesSeen.add(page), "page " + page);
      }
      assertEquals(naive.committed, naive.holding.committedSlot());
      if (naive.holding.spareSlot() != CacheHolding.NO_SLOT) {
        assertTrue(slotsSeen.add(naive.holding.spareSlot()));
        if (naive.committed != CacheHolding.NO_SLOT) {
          assertTrue(slotsSeen.add(naive.committed));
        }
      }
    }
    assertEquals(pagesSeen.size(), book.pagesUsed());
    assertEquals(pages - pagesSeen.size(), book.pagesFree());
    long started = live.stream().filter(each -> each.holding.spareSlot() >= 0).count();
    assertEquals(recurrent ? 2 * started : 0, book.slotsUsed());
  }

  private static int ceil(int tokens, int pageTokens) {
    return (tokens + pageTokens - 1) / pageTokens;
  }
}
