package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteLevelTokenizerTest {
  private static Tokenizer tokenizer;
  private static HuggingFaceTokenizer oracle;

  @BeforeAll
  static void load(@TempDir Path folder) {
    TokenizerFile file = TokenizerFile.read(SmallModel.into(folder));
    tokenizer = new ByteLevelTokenizer(file);
    oracle = NativeTokenizers.open(file.json(), file.file());
  }

  @Test
  void encodesAsTheTokenizersTrainerDid() {
    var rows = Trees.rows(Trees.read(ByteLevelTokenizerTest.class, "small/encodings.json"));
    assertTrue(rows.size() > 40);
    for (var row : rows) {
      String text = (String) row.get("text");
      int[] ids =
          Trees.list(row.get("ids")).stream().mapToInt(id -> (Integer) id).toArray();
      assertArrayEquals(ids, tokenizer.encode(text), text);
      assertEquals(
          Normalizer.normalize(text, Normalizer.Form.NFC), tokenizer.decode(ids, false), text);
    }
  }

  @Test
  void encodesEveryTextBackToItself() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      String text = Normalizer.normalize(Texts.random(random, 40), Normalizer.Form.NFC);
      assertEquals(text, tokenizer.decode(tokenizer.encode(text), false), () -> Texts.codes(text));
    }
  }

  @Test
  void decodesAnyIdsAsTheNativeLibraryDoes() {
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      int[] ids = random.ints(random.nextInt(30), 0, tokenizer.idLimit()).toArray();
      long[] wide = IntStream.of(ids).asLongStream().toArray();
      for (boolean skip : new boolean[] {true, false}) {
        assertEquals(oracle.decode(wide, skip), tokenizer.decode(ids, skip));
      }
    }
  }

  @Test
  void decodesSingleBytesAsTheNativeLibraryDoes() {
    Random random = new Random(13);
    for (int i = 0; i < 500; i++) {
      int[] ids = random.ints(1 + random.nextInt(12), 0, 256).toArray();
      assertEquals(
          oracle.decode(IntStream.of(ids).asLongStream().toArray(), false),
          tokenizer.decode(ids, false));
    }
  }

  @Test
  void addsNothingAndCutsNothing() {
    assertEquals(0, tokenizer.encode("").length);
    String longText = "word ".repeat(20_000);
    assertEquals(longText, tokenizer.decode(tokenizer.encode(longText), false));
  }

  @Test
  void readsSpecialTokensInText() {
    int[] ids = tokenizer.encode("<|im_start|>user\n<think>");
    assertEquals(tokenizer.idOf("<|im_start|>"), OptionalInt.of(ids[0]));
    assertEquals(tokenizer.idOf("<think>"), OptionalInt.of(ids[ids.length - 1]));
    assertTrue(tokenizer.isSpecial(ids[0]));
    assertTrue(tokenizer.isAdded(ids[ids.length - 1]));
    assertFalse(tokenizer.isSpecial(ids[ids.length - 1]), "a thought's mark is text to parsers");
  }

  @Test
  void skipsOnlySpecialTokens() {
    int[] ids = tokenizer.encode("<|im_start|>a<think>b<|im_end|>");
    assertEquals("a<think>b", tokenizer.decode(ids, true));
    assertEquals("<|im_start|>a<think>b<|im_end|>", tokenizer.decode(ids, false));
  }

  @Test
  void givesEachTokensBytes() {
    int[] ids = tokenizer.encode("é");
    assertArrayEquals(
        "é".getBytes(StandardCharsets.UTF_8),
        new byte[] {tokenizer.tokenBytes(ids[0])[0], tokenizer.tokenBytes(ids[1])[0]});
    int think = tokenizer.idOf("<think>").orElseThrow();
    assertEquals("<think>", new String(tokenizer.tokenBytes(think), StandardCharsets.UTF_8));
  }

  @Test
  void refusesIdsOutsideTheVocabulary() {
    int limit = tokenizer.idLimit();
    for (int id : new int[] {-1, limit, Integer.MAX_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> tokenizer.tokenBytes(id));
      assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(new int[] {id}, false));
    }
    assertEquals(1248, limit);
    assertEquals(1248, tokenizer.vocabularySize());
  }

  @Test
  void readsLoneSurrogatesAsReplacementCharacters() {
    assertArrayEquals(tokenizer.encode("a\uFFFDb"), tokenizer.encode("a\uD83Db"));
    assertArrayEquals(tokenizer.encode("\uFFFD"), tokenizer.encode("\uDE00"));
  }

  @Test
  void keepsTheZeroCharacter() {
    assertEquals("a\0b", tokenizer.decode(tokenizer.encode("a\0b"), false));
  }

  @Test
  void servesManyThreadsAtOnce() throws Exception {
    List<String> texts =
        new Random(3).ints(64).mapToObj(s -> Texts.random(new Random(s), 60)).toList();
    List<int[]> expected = texts.stream().map(tokenizer::encode).toList();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> tasks = IntStream.range(0, 8)
          .<Callable<Boolean>>mapToObj(n -> () -> {
            for (int i = 0; i < texts.size(); i++) {
              assertArrayEquals(expected.get(i), tokenizer.encode(texts.get(i)));
            }
            return true;
          })
          .toList();
      for (Future<Boolean> done : pool.invokeAll(tasks)) {
        assertTrue(done.get());
      }
    }
  }

  @Test
  void keepsTheNativeLibraryOffTheNetwork() {
    assertEquals("true", System.getProperty("ai.djl.offline"));
    assertEquals("true", System.getProperty("OPT_OUT_TRACKING"));
  }
}
