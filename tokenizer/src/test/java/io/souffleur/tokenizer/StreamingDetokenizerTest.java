package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamingDetokenizerTest {
  private static Tokenizer tokenizer;

  @BeforeAll
  static void load(@TempDir Path folder) {
    tokenizer = TextAssets.load(SmallModel.into(folder)).tokenizer();
  }

  @Test
  void joinsToTheWholeTextOneIdAtATime() {
    Random random = new Random(21);
    for (int i = 0; i < 300; i++) {
      String text = Texts.random(random, 30);
      checkPieces(tokenizer.encode(text), random.nextBoolean());
    }
  }

  @Test
  void joinsToTheWholeTextForBrokenBytes() {
    Random random = new Random(22);
    for (int i = 0; i < 1000; i++) {
      int bound = random.nextBoolean() ? 256 : tokenizer.idLimit();
      checkPieces(random.ints(random.nextInt(20), 0, bound).toArray(), random.nextBoolean());
    }
  }

  private static void checkPieces(int[] ids, boolean skip) {
    StreamingDetokenizer detokenizer = tokenizer.detokenizer(skip);
    StringBuilder joined = new StringBuilder();
    for (int id : ids) {
      String piece = detokenizer.accept(id);
      assertTrue(isWellFormed(piece), () -> Texts.codes(piece));
      joined.append(piece);
    }
    boolean held = detokenizer.holding();
    String last = detokenizer.finish();
    assertEquals(held ? "\uFFFD" : "", last);
    assertEquals(tokenizer.decode(ids, skip), joined.append(last).toString());
  }

  private static boolean isWellFormed(String piece) {
    return piece.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  @Test
  void joinsToTheSameTextForEveryCut() {
    int[] ids = tokenizer.encode("naïve 👍🏽 日本 e\u0301 <think>x");
    String whole = tokenizer.decode(ids, false);
    for (int first = 0; first <= ids.length; first++) {
      for (int second = first; second <= ids.length; second++) {
        StreamingDetokenizer detokenizer = tokenizer.detokenizer(false);
        String joined = detokenizer.accept(Arrays.copyOfRange(ids, 0, first))
            + detokenizer.accept(Arrays.copyOfRange(ids, first, second))
            + detokenizer.accept(Arrays.copyOfRange(ids, second, ids.length))
            + detokenizer.finish();
        assertEquals(whole, joined);
      }
    }
  }

  @Test
  void holdsBackAnIncompleteCharacter() {
    int[] ids = tokenizer.encode("👍");
    StreamingDetokenizer detokenizer = tokenizer.detokenizer(false);
    for (int i = 0; i < ids.length - 1; i++) {
      assertEquals("", detokenizer.accept(ids[i]));
      assertTrue(detokenizer.holding());
    }
    assertEquals("👍", detokenizer.accept(ids[ids.length - 1]));
    assertFalse(detokenizer.holding());
  }

  @Test
  void holdsACharacterAcrossASkippedToken() {
    int[] ids = tokenizer.encode("é");
    int skipped = tokenizer.idOf("<|im_end|>").orElseThrow();
    StreamingDetokenizer detokenizer = tokenizer.detokenizer(true);
    assertEquals("", detokenizer.accept(ids[0]));
    assertEquals("", detokenizer.accept(skipped));
    assertEquals("é", detokenizer.accept(ids[1]));
  }

  @Test
  void anIdBeyondTheVocabularyHasNoText() {
    int[] ids = tokenizer.encode("é");
    StreamingDetokenizer detokenizer = tokenizer.detokenizer(false);
    assertEquals("", detokenizer.accept(ids[0]));
    assertEquals("", detokenizer.accept(tokenizer.idLimit()));
    assertEquals("", detokenizer.accept(Integer.MAX_VALUE));
    assertEquals("é", detokenizer.accept(ids[1]));
    assertThrows(IllegalArgumentException.class, () -> detokenizer.accept(-1));
  }

  @Test
  void beginsANewTextAfterFinish() {
    int[] ids = tokenizer.encode("é");
    StreamingDetokenizer detokenizer = tokenizer.detokenizer(true);
    detokenizer.accept(ids[0]);
    assertEquals("\uFFFD", detokenizer.finish());
    assertEquals("é", detokenizer.accept(ids));
    assertEquals("", detokenizer.finish());
  }
}
