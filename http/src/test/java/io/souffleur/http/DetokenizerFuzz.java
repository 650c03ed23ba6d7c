package io.souffleur.http;

import io.souffleur.tokenizer.ByteTokenizer;
import io.souffleur.tokenizer.StreamingDetokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Bytes as tokens: the pieces joined are the text of all bytes, and no piece ends within a character.
 *
 * <pre>
 *   skip special tokens (1 B, lowest bit), tokens (1 B each; 0xFF is the special one)
 * </pre>
 */
public final class DetokenizerFuzz {
  /** The JDK counts broken bytes in another way than Python and the web, so only whole texts compare. */
  private static final char REPLACEMENT = '\ufffd';

  private static final ByteTokenizer TOKENIZER = new ByteTokenizer();

  private DetokenizerFuzz() {}

  /** Called by the fuzzer before all, by this name: classes are slow when they are loaded. */
  public static void fuzzerInitialize() {
    seeds().forEach(DetokenizerFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer, by this name. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    boolean skip = (data[0] & 1) != 0;
    int[] ids = new int[data.length - 1];
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < ids.length; i++) {
      boolean special = data[i + 1] == (byte) 0xff;
      ids[i] = special ? ByteTokenizer.END : data[i + 1] & 0xff;
      if (!special) {
        bytes.write(ids[i]);
      } else if (!skip) {
        bytes.writeBytes(ByteTokenizer.END_TEXT.getBytes(StandardCharsets.UTF_8));
      }
    }
    String text = streamed(TOKENIZER.detokenizer(skip), ids);
    String jdk = bytes.toString(StandardCharsets.UTF_8);
    if (jdk.indexOf(REPLACEMENT) < 0) {
      require(jdk, text);
    }
  }

  private static String streamed(StreamingDetokenizer detokenizer, int[] ids) {
    StringBuilder joined = new StringBuilder();
    for (int id : ids) {
      String piece = detokenizer.accept(id);
      if (!piece.isEmpty()
          && (Character.isHighSurrogate(piece.charAt(piece.length() - 1))
              || Character.isLowSurrogate(piece.charAt(0)))) {
        throw new AssertionError("a piece with half a character: " + piece);
      }
      joined.append(piece);
    }
    return joined.append(detokenizer.finish()).toString();
  }

  private static void require(String expected, String found) {
    if (!expected.equals(found)) {
      throw new AssertionError("expected '" + expected + "', found '" + found + "'");
    }
  }

  static List<byte[]> seeds() {
    return List.of(
        "0Grüße 😀 ﬁ\u0301".getBytes(StandardCharsets.UTF_8),
        new byte[] {1, (byte) 0xf0, (byte) 0x9f, (byte) 0xff, (byte) 0x98, (byte) 0x80},
        new byte[] {0, (byte) 0xed, (byte) 0xa0, (byte) 0x80, (byte) 0xc0, (byte) 0xaf, (byte) 0xf4
        },
        new byte[] {0, (byte) 0xe2, (byte) 0x82, 'a', (byte) 0xf4, (byte) 0x90, (byte) 0x80, 0});
  }
}
