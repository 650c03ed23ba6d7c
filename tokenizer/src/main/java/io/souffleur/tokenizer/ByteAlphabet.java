package io.souffleur.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The alphabet of byte-level BPE: each byte has one printable character. The printable bytes of
 * Latin-1 stand for themselves, the other 68 for U+0100 and up, in order.
 *
 * <pre>
 *   0x21..0x7E  0xA1..0xAC  0xAE..0xFF   →  the same code point
 *   0x00..0x20  0x7F..0xA0  0xAD         →  U+0100 .. U+0143
 * </pre>
 */
final class ByteAlphabet {
  private static final int SHIFTED = 0x100;
  private static final int SHIFTED_COUNT = 68;
  private static final byte[] SHIFTED_BYTES = shiftedBytes();

  private ByteAlphabet() {}

  private static boolean standsForItself(int value) {
    return value >= 0x21 && value <= 0x7E || value >= 0xA1 && value <= 0xFF && value != 0xAD;
  }

  private static byte[] shiftedBytes() {
    byte[] bytes = new byte[SHIFTED_COUNT];
    int count = 0;
    for (int value = 0; value < 0x100; value++) {
      if (!standsForItself(value)) {
        bytes[count++] = (byte) value;
      }
    }
    return bytes;
  }

  /**
   * The bytes that a vocabulary entry means. An entry with any character outside the alphabet means
   * its own UTF-8 bytes, as added tokens with blanks do.
   */
  static byte[] bytes(String entry) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(entry.length());
    for (int i = 0; i < entry.length(); i++) {
      char c = entry.charAt(i);
      if (c >= SHIFTED && c < SHIFTED + SHIFTED_COUNT) {
        out.write(SHIFTED_BYTES[c - SHIFTED]);
      } else if (standsForItself(c)) {
        out.write(c);
      } else {
        return entry.getBytes(StandardCharsets.UTF_8);
      }
    }
    return out.toByteArray();
  }
}
