package io.souffleur.multimodal.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text with bytes written as {@code %41}. */
final class PercentText {
  private static final String UNRESERVED_BESIDES = "!$&'()*+,-./:;=?@_~%";

  private PercentText() {}

  /** The bytes from {@code start} on. A plus sign is a plus sign. */
  static byte[] decode(String text, int start) throws MediaRefused {
    var bytes = new byte[text.length() - start];
    int length = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean whole = i + 2 < text.length();
        int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw MediaRefused.malformed("a % is not followed by two hexadecimal digits");
        }
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else if (c > 0x7e || c < 0x20) {
        throw MediaRefused.malformed("percent-encoded text may hold printable ASCII only");
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  static String decodeUtf8(String text) throws MediaRefused {
    byte[] bytes = decode(encodeOthers(text), 0);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw MediaRefused.malformed("the percent-encoded bytes are not UTF-8");
    }
  }

  /** {@code text} with everything that may not stand in a path or query written as UTF-8 in percent. */
  static String encodeOthers(String text) {
    var encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && Character.isLetterOrDigit(c);
      if (plain || c < 0x80 && UNRESERVED_BESIDES.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%');
        encoded.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        encoded.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return encoded.toString();
  }
}
