package io.souffleur.cache.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.book.ColdIndex.Found;
import io.souffleur.cache.book.ColdIndex.Piece;
import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColdIndexTest {
  private static final int PAGE = 4;
  private static final int[] PROMPT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

  private final PrefixNames names = new PrefixNames(new PrefixDigest(1, 2, 3, 4), PAGE);
  private final ColdIndex index = new ColdIndex(PAGE, true, names);
  private long nextRecord = 1L << 32;

  private TierName name(TierKind kind, String namespace, int[] tokens, int start, int end) {
    PrefixDigest prefix = names.root(namespace);
    for (int at = 0; at < start; at += PAGE) {
      prefix = names.next(prefix, tokens, at, PAGE);
    }
    return new TierName(kind, prefix, start, Arrays.copyOfRange(tokens, start, end));
  }

  private TierName page(int start, int end) {
    return name(TierKind.PAGE, "", PROMPT, start, end);
  }

  private TierName state(int start, int end) {
    return name(TierKind.STATE, "", PROMPT, start, end);
  }

  private Piece keep(TierName name) {
    long record = nextRecord++;
    index.keep(name, record);
    return new Piece(name, record);
  }

  @Test
  void pagesAndAStateMakeAPrefix() {
    Piece first = keep(page(0, 4));
    Piece second = keep(page(4, 8));
    Piece state = keep(state(4, 6));

    assertEquals(new Found(6, List.of(first, second, state)), index.match("", PROMPT, 9, 0));
    assertEquals(new Found(6, List.of(second, state)), index.match("", PROMPT, 9, 1));
    assertEquals(new Found(6, List.of(state)), index.match("", PROMPT, 9, 2));
    assertEquals(new Found(0, List.of()), index.match("", PROMPT, 5, 0));
  }

  @Test
  void aStateWithoutItsRowsIsOfNoUse() {
    keep(state(4, 6));
    keep(page(4, 8));
    assertEquals(0, index.match("", PROMPT, 9, 0).tokens());
    assertEquals(6, index.match("", PROMPT, 9, 1).tokens());

    keep(page(0, 4));
    assertEquals(6, index.match("", PROMPT, 9, 0).tokens());
  }

  @Test
  void rowsWithoutAStateAreOfUseToModelsWithoutRecurrentLayers() {
    ColdIndex rows = new ColdIndex(PAGE, false, names);
    rows.keep(page(0, 4), 7);
    rows.keep(page(4, 7), 8);

    Found found = rows.match("", PROMPT, 9, 0);

    assertEquals(new Found(7, List.of(new Piece(page(0, 4), 7), new Piece(page(4, 7), 8))), found);
    assertEquals(0, rows.match("", PROMPT, 4, 1).tokens());
  }

  @Test
  void anotherNamespaceAnotherKeyAndOtherTokensFindNothing() {
    keep(page(0, 4));
    keep(state(0, 4));
    int[] other = PROMPT.clone();
    other[0] = 99;

    assertEquals(4, index.match("", PROMPT, 9, 0).tokens());
    assertEquals(0, index.match("tenant", PROMPT, 9, 0).tokens());
    assertEquals(0, index.match("", other, 9, 0).tokens());
    PrefixNames elsewhere = new PrefixNames(new PrefixDigest(1, 2, 3, 5), PAGE);
    assertNotEquals(names.root(""), elsewhere.root(""));
  }

  @Test
  void aPageThatAgreesForAPartServesAStateInThatPart() {
    int[] prompt = PROMPT.clone();
    prompt[7] = 70;
    keep(page(0, 4));
    keep(page(4, 8));
    keep(state(4, 7));
    keep(state(4, 8));

    assertEquals(7, index.match("", prompt, 10, 0).tokens());
  }

  @Test
  void whatIsBeingWrittenIsKnownAndNotFound() {
    keep(page(0, 4));
    TierName state = state(0, 4);
    assertFalse(index.knows(state));
    assertTrue(index.expect(state));

    assertTrue(index.knows(state));
    assertEquals(0, index.match("", PROMPT, 9, 0).tokens());
    index.keep(state, 9);
    assertEquals(4, index.match("", PROMPT, 9, 0).tokens());
    index.forget(state);
    assertFalse(index.knows(state));
    assertEquals(1, index.count());
  }

  @Test
  void alongerPageSaysAsMuch() {
    keep(page(0, 4));

    assertTrue(index.knows(page(0, 2)));
    assertFalse(index.knows(state(0, 2)));
    keep(page(4, 6));
    assertFalse(index.knows(page(4, 7)));
  }

  @Test
  void aDroppedSegmentTakesItsRecordsOnly() {
    Piece page = keep(page(0, 4));
    index.keep(state(0, 2), 2L << 32);
    index.keep(state(0, 3), 3L << 32);

    index.dropSegment(TierKind.STATE, 3);
    index.dropSegment(TierKind.PAGE, 2);

    assertEquals(2, index.match("", PROMPT, 9, 0).tokens());
    index.dropSegment(TierKind.PAGE, TierPort.segment(page.record()));
    assertEquals(0, index.match("", PROMPT, 9, 0).tokens());
    assertEquals(1, index.count());
  }

  @Test
  void clearingLeavesWhatIsBeingWritten() {
    keep(page(0, 4));
    index.expect(state(0, 4));

    index.clear();

    assertEquals(1, index.count());
    assertTrue(index.knows(state(0, 4)));
    assertEquals(0, index.match("", PROMPT, 9, 0).tokens());
  }
}
