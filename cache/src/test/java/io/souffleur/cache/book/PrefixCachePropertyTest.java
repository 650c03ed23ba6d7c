package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random sequences over few tokens, against a twin that keeps nothing but sets of prefixes and, in place
 * of bytes, what prefix a row or a state belongs to.
 */
class PrefixCachePropertyTest {
  private static final int OPERATIONS = 3_000;
  private static final int TOKENS_MAX = 40;

  /** What a row or state stands for: the namespace and all tokens up to there. */
  private static String prefix(String namespace, int[] tokens, int length) {
    return namespace + Arrays.toString(Arrays.copyOf(tokens, length));
  }

  private static final class Twin {
    final Random random;
    final int pageTokens;
    final boolean recurrent;
    final boolean roomy;
    final CacheRules rules;
    final CacheBook book;
    final String[] rows;
    final String[] states;
    final Set<String> keptRows = new HashSet<>();
    final Set<String> keptStates = new HashSet<>();
    final List<Live> live = new ArrayList<>();
    long matched;

    Twin(long seed) {
      random = new Random(seed);
      pageTokens = 1 + random.nextInt(5);
      recurrent = random.nextInt(3) != 0;
      roomy = random.nextBoolean();
      rules = new CacheRules(true, 1 + random.nextInt(2));
      int pages = roomy ? 40_000 : 6 + random.nextInt(40);
      int slots = !recurrent ? 0 : roomy ? 60_000 : 2 + random.nextInt(20);
      boolean refusing = !roomy && random.nextBoolean();
      book = new CacheBook(
          new CacheLayout(pageTokens, 64, recurrent ? 64 : 0),
          new CacheCapacity(pages, slots),
          rules,
          () -> refusing && random.nextInt(6) == 0);
      rows = new String[pages * pageTokens];
      states = new String[slots];
    }
  }

  private static final class Live {
    final CacheHolding holding;
    final String namespace;
    final int[] tokens;
    int computed;
    int plannedTo;

    Live(CacheHolding holding, String namespace, int[] tokens) {
      this.holding = holding;
      this.namespace = namespace;
      this.tokens = tokens;
    }

    String prefix(int length) {
      return PrefixCachePropertyTest.prefix(namespace, tokens, length);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void findsWhatATwinWithSetsOfPrefixesFinds(long seed) {
    var twin = new Twin(seed);
    for (int i = 0; i < OPERATIONS; i++) {
      switch (twin.random.nextInt(12)) {
        case 0, 1, 2 -> begin(twin);
        case 3, 4, 5, 6, 7, 8 -> step(twin);
        case 9 -> end(twin);
        case 10 -> probe(twin);
        default -> disturb(twin);
      }
      if (!twin.roomy || i % 100 == 0) {
        twin.book.checkIntegrity();
      }
    }
    twin.live.forEach(each -> twin.book.release(each.holding, each.tokens));
    twin.book.checkIntegrity();
    assertEquals(0, twin.book.pagesUsed());
    assertEquals(0, twin.book.slotsUsed());
    assertTrue(
        twin.matched > (twin.roomy ? 1_000 : 100), "the seed matches " + twin.matched + " only");
    twin.book.flush();
    assertEquals(0, twin.book.pagesTotal() - twin.book.pagesFree());
    assertEquals(0, twin.book.slotsTotal() - twin.book.slotsFree());
  }

  private static int[] randomTokens(Twin twin) {
    int[] tokens = new int[2 + twin.random.nextInt(TOKENS_MAX - 2)];
    int same = twin.random.nextInt(tokens.length);
    for (int i = same; i < tokens.length; i++) {
      tokens[i] = twin.random.nextInt(2);
    }
    return tokens;
  }

  private static void begin(Twin twin) {
    if (twin.live.size() > 6) {
      return;
    }
    int[] tokens = randomTokens(twin);
    String namespace = twin.random.nextInt(3) == 0 ? "other" : "";
    int limit = tokens.length - 1;
    var holding = twin.book.open(namespace, tokens.length);
    var each = new Live(holding, namespace, tokens);
    int found = twin.book.match(holding, tokens, limit);
    checkFound(twin, each, found, limit);
    if (!twin.book.tryReserve(holding, found + 1)) {
      twin.book.release(holding, tokens);
      return;
    }
    each.computed = found;
    twin.matched += found;
    twin.live.add(each);
  }

  private static void probe(Twin twin) {
    int[] tokens = randomTokens(twin);
    int limit = twin.random.nextInt(tokens.length);
    int found = twin.book.probe("", tokens, limit).length();
    if (twin.roomy) {
      assertEquals(
          naive(twin, twin.recurrent ? twin.keptStates : twin.keptRows, "", tokens, limit), found);
    }
  }

  private static int naive(Twin twin, Set<String> kept, String namespace, int[] tokens, int limit) {
    int length = limit;
    while (length > 0 && !kept.contains(prefix(namespace, tokens, length))) {
      length--;
    }
    return length;
  }

  /** Everything found is what it stands for; with room for all, nothing that was kept is missed. */
  private static void checkFound(Twin twin, Live each, int found, int limit) {
    CacheHolding holding = each.holding;
    assertTrue(found <= limit);
    for (int position = 0; position < found; position++) {
      int index = position / twin.pageTokens;
      int page = index < holding.pageCount() ? holding.page(index) : holding.copySource();
      assertEquals(
          each.prefix(position + 1),
          twin.rows[page * twin.pageTokens + position % twin.pageTokens]);
    }
    if (twin.recurrent) {
      assertEquals(found > 0, holding.committedSlot() != CacheHolding.NO_SLOT);
      if (found > 0) {
        assertEquals(each.prefix(found), twin.states[holding.committedSlot()]);
      }
    }
    if (twin.roomy) {
      Set<String> useful = twin.recurrent ? twin.keptStates : twin.keptRows;
      assertEquals(naive(twin, useful, each.namespace, each.tokens, limit), found);
      int walked = naive(twin, twin.keptRows, each.namespace, each.tokens, limit);
      assertEquals(twin.recurrent && walked > found ? walked : 0, holding.branch());
    }
  }

  private static void step(Twin twin) {
    if (twin.live.isEmpty()) {
      return;
    }
    Live each = twin.live.get(twin.random.nextInt(twin.live.size()));
    int left = each.tokens.length - each.computed;
    if (left == 0) {
      return;
    }
    int rows = twin.random.nextBoolean() ? 1 : 1 + twin.random.nextInt(left);
    if (!twin.book.tryReserve(each.holding, each.computed + rows)) {
      return;
    }
    int end = each.computed + rows;
    for (int position = each.computed + 1; position < end; position++) {
      if (twin.random.nextInt(5) == 0) {
        twin.book.planCheckpoint(each.holding, position, twin.random.nextBoolean());
      }
    }
    if (twin.random.nextInt(8) == 0) {
      twin.book.callOff(each.holding);
      return;
    }
    run(twin, each, end);
    if (twin.recurrent
        && twin.random.nextInt(4) == 0
        && twin.book.donate(each.holding, each.tokens, twin.random.nextBoolean())) {
      keepRows(twin, each, end);
      twin.keptStates.add(each.prefix(end));
    }
  }

  private static void run(Twin twin, Live each, int end) {
    CacheHolding holding = each.holding;
    if (holding.copySource() != CacheHolding.NO_PAGE) {
      System.arraycopy(
          twin.rows,
          holding.copySource() * twin.pageTokens,
          twin.rows,
          holding.copyTarget() * twin.pageTokens,
          twin.pageTokens);
    }
    for (int position = each.computed; position < end; position++) {
      twin.rows[
              holding.page(position / twin.pageTokens) * twin.pageTokens
                  + position % twin.pageTokens] =
          each.prefix(position + 1);
    }
    int kept = end / twin.pageTokens * twin.pageTokens;
    for (int i = 0; i < holding.plannedCheckpoints(); i++) {
      int position = holding.plannedPosition(i);
      twin.states[holding.plannedSlot(i)] = each.prefix(position);
      twin.keptStates.add(each.prefix(position));
      kept = Math.max(kept, position);
    }
    if (twin.recurrent) {
      twin.states[holding.spareSlot()] = each.prefix(end);
    } else if (end - each.computed > 1) {
      kept = end;
    }
    twin.book.commit(holding, each.tokens, end);
    each.computed = end;
    keepRows(twin, each, kept);
  }

  private static void keepRows(Twin twin, Live each, int length) {
    for (int i = 1; i <= length; i++) {
      twin.keptRows.add(each.prefix(i));
    }
  }

  private static void end(Twin twin) {
    if (twin.live.isEmpty()) {
      return;
    }
    Live each = twin.live.remove(twin.random.nextInt(twin.live.size()));
    boolean ran = each.computed > each.holding.matchedTokens();
    twin.book.release(each.holding, each.tokens);
    if (ran) {
      keepRows(twin, each, each.computed);
      twin.keptStates.add(each.prefix(each.computed));
    }
  }

  /** Rare things; where the twin must know all that is kept, only while nobody runs. */
  private static void disturb(Twin twin) {
    if (twin.random.nextInt(20) == 0 && (!twin.roomy || twin.live.isEmpty())) {
      twin.book.flush();
      twin.keptRows.clear();
      twin.keptStates.clear();
    } else if (!twin.roomy && !twin.live.isEmpty()) {
      Live each = twin.live.remove(twin.random.nextInt(twin.live.size()));
      if (twin.random.nextBoolean()) {
        if (twin.live.isEmpty()) {
          spoil(twin, each);
        }
        twin.book.discard(each.holding);
      } else {
        twin.book.tearState(each.holding);
        twin.book.release(each.holding, each.tokens);
      }
    }
  }

  /** What it wrote is worthless; whoever finds any of it later sees that. */
  private static void spoil(Twin twin, Live each) {
    for (int position = each.holding.matchedTokens(); position < each.computed; position++) {
      int page = each.holding.page(position / twin.pageTokens);
      twin.rows[page * twin.pageTokens + position % twin.pageTokens] = "spoilt";
    }
  }
}
