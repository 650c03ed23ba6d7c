package io.souffleur.multimodal.source;

import java.util.Arrays;
import java.util.Base64;

/**
 * Base64 as clients send it: the standard alphabet or the URL-safe one, wrapped in lines or not, with or
 * without padding. Anything else is refused, and so is text too long for the limit, before it is decoded.
 */
final class Base64Text {
  private static final int CHARS_PER_GROUP = 4;
  private static final int BYTES_PER_GROUP = 3;

  private Base64Text() {}

  /** Decodes {@code text} from {@code start} on, into at most {@code bytesMax} bytes. */
  static byte[] decode(String text, int start, int bytesMax) throws MediaRefused {
    int chars = count(text, start);
    long bytes = (long) chars * BYTES_PER_GROUP / CHARS_PER_GROUP;
    if (bytes > bytesMax) {
      throw MediaRefused.tooLarge(
          "the base64 text holds about " + bytes + " bytes, at most " + bytesMax + " are allowed");
    }
    if (chars == 0) {
      throw MediaRefused.malformed("the base64 text is empty");
    }
    if (chars % CHARS_PER_GROUP == 1) {
      throw MediaRefused.malformed("the base64 text is cut off: " + chars + " characters");
    }
    byte[] packed = packed(text, start, chars);
    try {
      int length = Base64.getDecoder().decode(packed, packed);
      return Arrays.copyOf(packed, length);
    } catch (IllegalArgumentException bad) {
      throw MediaRefused.malformed("the base64 text is broken at its end");
    }
  }

  /** Characters of the alphabet; checks that nothing else is there but white space, and padding last. */
  private static int count(String text, int start) throws MediaRefused {
    int chars = 0;
    int padding = 0;
    boolean standard = false;
    boolean urlSafe = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSpace(c)) {
        continue;
      }
      if (c == '=') {
        padding++;
        continue;
      }
      standard |= c == '+' || c == '/';
      urlSafe |= c == '-' || c == '_';
      if (padding > 0 || !isCode(c)) {
        throw MediaRefused.malformed("the source is no data:, http(s): or file: URL, no path of a "
            + "picture or video, and no base64: character " + (i - start)
            + " is not of its alphabet");
      }
      chars++;
    }
    if (standard && urlSafe) {
      throw MediaRefused.malformed(
          "the base64 text mixes the standard alphabet and the URL-safe one");
    }
    if (padding > 0 && (chars + padding) % CHARS_PER_GROUP != 0 || padding > 2) {
      throw MediaRefused.malformed("the base64 text has wrong padding");
    }
    return chars;
  }

  private static byte[] packed(String text, int start, int chars) {
    var packed = new byte[chars];
    int at = 0;
    for (int i = start; at < chars; i++) {
      char c = text.charAt(i);
      if (!isSpace(c)) {
        packed[at++] = (byte) (c == '-' ? '+' : c == '_' ? '/' : c);
      }
    }
    return packed;
  }

  private static boolean isCode(char c) {
    return c < 0x80 && (Character.isLetterOrDigit(c) || "+/-_".indexOf(c) >= 0);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
