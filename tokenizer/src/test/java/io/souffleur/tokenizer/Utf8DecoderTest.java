package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8DecoderTest {
  /** Expectations worked out by hand from the maximal-part rule; {@code ?} stands for U+FFFD. */
  @ParameterizedTest
  @CsvSource({
    "41 80 42, A?B",
    "C3 A9, é",
    "C3 41, ?A",
    "C0 80, ??",
    "E2 82 41, ?A",
    "E0 80 80, ???",
    "ED A0 80, ???",
    "F0 9F 91 8D, 👍",
    "F0 9F 91 41, ?A",
    "F0 80 80 80, ????",
    "F4 90 80 80, ????",
    "F5 80, ??",
    "FF FE, ??",
    "E2 82, ?",
    "F0 9F C3 A9, ?é",
    "61 F1 80 80 E1 80 C2 62 80 63 80 BF 64, a???b?c??d"
  })
  void replacesEachMaximalBrokenPartOnce(String hex, String expected) {
    byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
    assertEquals(expected.replace('?', '\uFFFD'), decode(bytes));
  }

  @Test
  void givesTheSameForEveryCut() {
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      for (int b = 0; b < bytes.length; b++) {
        bytes[b] |= (byte) (random.nextInt(3) > 0 ? 0x80 : 0);
      }
      int cut = random.nextInt(bytes.length + 1);
      Utf8Decoder decoder = new Utf8Decoder();
      StringBuilder out = new StringBuilder();
      decoder.accept(java.util.Arrays.copyOfRange(bytes, 0, cut), out);
      decoder.accept(java.util.Arrays.copyOfRange(bytes, cut, bytes.length), out);
      decoder.finish(out);
      assertEquals(decode(bytes), out.toString());
    }
  }

  private static String decode(byte[] bytes) {
    Utf8Decoder decoder = new Utf8Decoder();
    StringBuilder out = new StringBuilder();
    decoder.accept(bytes, out);
    decoder.finish(out);
    return out.toString();
  }
}
