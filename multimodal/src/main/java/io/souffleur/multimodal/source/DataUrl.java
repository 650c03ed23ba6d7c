package io.souffleur.multimodal.source;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** {@code data:[type][;name=value]…[;base64],content}; see RFC 2397. */
final class DataUrl {
  private static final String PREFIX = "data:";
  private static final String BASE64 = ";base64";
  private static final int HEAD_CHARS_MAX = 256;

  private DataUrl() {}

  /** The content of {@code url}, which begins with {@code data:} in any case. */
  static byte[] decode(String url, int bytesMax) throws MediaRefused {
    int comma = url.substring(0, Math.min(url.length(), HEAD_CHARS_MAX)).indexOf(',');
    if (comma < 0) {
      throw MediaRefused.malformed("a data URL has no comma in its first " + HEAD_CHARS_MAX
          + " characters; data:image/png;base64,… is the form");
    }
    String head = url.substring(PREFIX.length(), comma).strip().toLowerCase(Locale.ROOT);
    if (head.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      throw MediaRefused.malformed("the type of a data URL may hold printable ASCII only");
    }
    int start = comma + 1;
    if (head.endsWith(BASE64)) {
      return url.indexOf('%', start) < 0
          ? Base64Text.decode(url, start, bytesMax)
          : Base64Text.decode(escaped(url, start, bytesMax), 0, bytesMax);
    }
    byte[] bytes = PercentText.decode(bounded(url, start, bytesMax), start);
    if (bytes.length > bytesMax) {
      throw MediaRefused.tooLarge(
          "the data URL holds " + bytes.length + " bytes, at most " + bytesMax + " are allowed");
    }
    return bytes;
  }

  /** Base64 whose signs a URL encoder has escaped. */
  private static String escaped(String url, int start, int bytesMax) throws MediaRefused {
    byte[] ascii = PercentText.decode(bounded(url, start, bytesMax), start);
    return new String(ascii, StandardCharsets.ISO_8859_1);
  }

  /** A byte takes three characters at most. */
  private static String bounded(String url, int start, int bytesMax) throws MediaRefused {
    long charsMax = 4L * bytesMax;
    if (url.length() - start > charsMax) {
      throw MediaRefused.tooLarge("the data URL has " + (url.length() - start)
          + " characters of content, at most " + charsMax + " are allowed");
    }
    return url;
  }
}
