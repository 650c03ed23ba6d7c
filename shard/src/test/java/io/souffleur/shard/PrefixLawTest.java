package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.souffleur.contracts.memory.CacheCapacity;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law for prefixes, at a rank: a sequence that goes on from shared pages, a copied page and a state
 * stored on the way has the logits and states of one that was computed from its first token.
 *
 * <p>By default a thinned grid of prefix lengths (8 s of one processor); with {@code -Dlaw.full=true} every
 * length up to 300, and all around multiples of 64 and of the page size up to 2,048 (170 s).
 */
class PrefixLawTest {
  private static final boolean FULL = Boolean.getBoolean("law.full");
  private static final int LONGEST = FULL ? 2_049 : 641;

  /** The reference twin is a hundred times slower. */
  private static final int REFERENCE_LONGEST = FULL ? 130 : 17;

  /** Tokens behind the prefix; none means that the last token of the prefix is computed again. */
  private static final int[] TAILS = {0, 1, 63, 64, 65};

  private static final int TAIL_MAX = 65;

  private static final int DONOR = 0;
  private static final int MISS = 1;
  private static final int FIRST_HIT = 2;
  private static final int SEATS = FIRST_HIT + TAILS.length;

  /** What is run: a model on a kernel set, with a page size. */
  record Grid(String folder, TinyModel.Case on, int pageTokens) {
    int[] lengths() {
      var lengths = new TreeSet<Integer>();
      IntStream.rangeClosed(1, 300).filter(n -> FULL || n < 6 || n % 37 == 0).forEach(lengths::add);
      int longest = on.provider().equals("reference") ? REFERENCE_LONGEST : LONGEST;
      int stride = FULL ? pageTokens : 5 * pageTokens;
      for (int multiple : new int[] {64, stride}) {
        for (int n = multiple; n < longest; n += FULL ? multiple : 4 * multiple) {
          lengths.addAll(Stream.of(n - 1, n, n + 1).toList());
        }
      }
      lengths.addAll(Stream.of(longest - 2, longest - 1, longest).toList());
      return lengths.stream()
          .filter(n -> n <= longest)
          .mapToInt(Integer::intValue)
          .toArray();
    }
  }

  static Stream<Grid> grids() {
    return Stream.of(TinyModel.HYBRID, TinyModel.DENSE)
        .flatMap(folder -> TinyModel.cases()
            .flatMap(on -> IntStream.of(16, 64).mapToObj(page -> new Grid(folder, on, page))));
  }

  private PlanRank rank;
  private int[] donorPages;
  private int[] missPages;
  private int firstFreePage;
  private int vocabulary;
  private int[] prompt;

  /** Slots 0 and 1 are the donor's, 2 and 3 those of misses, then two per hit, then one per position. */
  private static int checkpoint(int position) {
    return 2 * SEATS + position;
  }

  @ParameterizedTest
  @MethodSource("grids")
  void goingOnFromAPrefixHasTheBitsOfComputingIt(Grid grid) throws IOException {
    int[] lengths = grid.lengths();
    int longest = lengths[lengths.length - 1];
    int pages = Math.ceilDiv(longest + TAIL_MAX, grid.pageTokens());
    int hitPages = Math.ceilDiv(TAIL_MAX, grid.pageTokens()) + 1;
    donorPages = IntStream.range(0, pages).map(i -> 2 * i).toArray();
    missPages = IntStream.range(0, pages).map(i -> 2 * i + 1).toArray();
    firstFreePage = 2 * pages;
    var capacity =
        new CacheCapacity(firstFreePage + TAILS.length * hitPages, checkpoint(longest + 1));
    var limits = new ShardLimits(SEATS, longest + TAILS.length * TAIL_MAX, pages);
    try (var model = new TinyModel(grid.folder(), grid.on(), 1);
        var made = new PlanRank(model, grid.pageTokens(), capacity, limits)) {
      rank = made;
      vocabulary = model.vocabulary();
      prompt = new Random(5).ints(longest, 0, vocabulary).toArray();
      donate(lengths);
      byte[] donated = donatedPages();
      for (int length : lengths) {
        assertHitsAsMisses(length);
      }
      assertArrayEquals(donated, donatedPages(), "pages of the donor after all hits");
    }
  }

  /** Computes the whole prompt in random chunks and stores the states that hits begin with. */
  private void donate(int[] lengths) {
    var random = new Random(6);
    int done = 0;
    for (int slot = 0; done < prompt.length; slot = 1 - slot) {
      int end = Math.min(prompt.length, done + 1 + random.nextInt(200));
      rank.begin();
      if (done == 0) {
        rank.admit(DONOR, donorPages);
      }
      rank.run(DONOR, done, 1 - slot, slot, Arrays.copyOfRange(prompt, done, end));
      for (int position = done + 1; position <= end; position++) {
        if (Arrays.binarySearch(lengths, position) >= 0
            || Arrays.binarySearch(lengths, position + 1) >= 0) {
          rank.checkpoint(position, checkpoint(position));
        }
      }
      rank.execute();
      done = end;
    }
  }

  private byte[] donatedPages() {
    byte[] all = new byte[0];
    for (int page : donorPages) {
      byte[] bytes = rank.kv.page(page).toArray(ValueLayout.JAVA_BYTE);
      all = Arrays.copyOf(all, all.length + bytes.length);
      System.arraycopy(bytes, 0, all, all.length - bytes.length, bytes.length);
    }
    return all;
  }

  private void assertHitsAsMisses(int length) {
    int[] tail = new Random(length).ints(TAIL_MAX, 0, vocabulary).toArray();
    byte[][] logits = new byte[TAILS.length][];
    byte[][] states = new byte[TAILS.length][];
    miss(length, tail, logits, states);
    String what = " with a prefix of " + length;
    assertArrayEquals(states[0], rank.state(checkpoint(length)), "stored state" + what);
    hit(length, tail);
    int draw = 0;
    for (int i = 0; i < TAILS.length; i++) {
      if (hits(length, i)) {
        String tailed = what + " and a tail of " + TAILS[i];
        assertArrayEquals(logits[i], rank.logits(draw++), "logits" + tailed);
        assertArrayEquals(states[i], rank.state(writeSlot(FIRST_HIT + i)), "state" + tailed);
      }
    }
  }

  /** A prefix of one token that is the whole prompt leaves nothing to share. */
  private static boolean hits(int length, int tail) {
    return length > 1 || TAILS[tail] > 0;
  }

  private static int writeSlot(int seat) {
    return 2 * seat;
  }

  /** Computes prefix and tail in pages of its own; answers logits and states at the end of each tail. */
  private void miss(int length, int[] tail, byte[][] logits, byte[][] states) {
    for (int page : missPages) {
      rank.kv.page(page).fill(PlanRank.NAN);
    }
    int[] tokens = Arrays.copyOf(prompt, length + TAIL_MAX);
    System.arraycopy(tail, 0, tokens, length, TAIL_MAX);
    int done = 0;
    for (int i = 0; i < TAILS.length; i++) {
      int slot = writeSlot(MISS) + i % 2;
      rank.begin();
      if (i == 0) {
        rank.admit(MISS, missPages);
      }
      int end = length + TAILS[i];
      rank.run(
          MISS, done, writeSlot(MISS) + 1 - i % 2, slot, Arrays.copyOfRange(tokens, done, end));
      rank.execute();
      logits[i] = rank.logits(0);
      states[i] = rank.state(slot);
      done = end;
    }
  }

  /** All tails at once, each in pages of its own behind the donor's full pages. */
  private void hit(int length, int[] tail) {
    rank.begin();
    int page = firstFreePage;
    for (int i = 0; i < TAILS.length; i++) {
      if (!hits(length, i)) {
        continue;
      }
      int first = TAILS[i] == 0 ? length - 1 : length;
      int end = length + TAILS[i];
      int shared = first / rank.pageTokens;
      int own = Math.ceilDiv(end, rank.pageTokens) - shared;
      int[] pages = Arrays.copyOf(donorPages, shared + own);
      for (int k = shared; k < pages.length; k++) {
        rank.kv.page(page).fill(PlanRank.NAN);
        pages[k] = page++;
      }
      if (first % rank.pageTokens != 0) {
        rank.plan.copyPage(donorPages[shared], pages[shared]);
      }
      int seat = FIRST_HIT + i;
      rank.admit(seat, pages);
      int[] tokens = TAILS[i] == 0 ? new int[] {prompt[length - 1]} : Arrays.copyOf(tail, TAILS[i]);
      rank.run(seat, first, checkpoint(first), writeSlot(seat), tokens);
    }
    rank.execute();
  }
}
