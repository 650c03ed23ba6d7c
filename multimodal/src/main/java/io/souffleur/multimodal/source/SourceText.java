package io.souffleur.multimodal.source;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells the forms of a source text apart. */
final class SourceText {
  /** Longest address or path. */
  static final int CHARS_MAX = 8_192;

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,30}):");
  private static final Pattern MEDIA_SUFFIX =
      Pattern.compile("(?i)\\.(jpe?g|jfif|png|webp|gif|bmp|mp4|m4v|mov|webm|mkv|avi)$");
  private static final String FILE_PREFIX = "file:";
  private static final int SUFFIX_CHARS_MAX = 6;

  private SourceText() {}

  /** The scheme in lower case, empty when there is none. */
  static String scheme(String text) {
    var match = SCHEME.matcher(text);
    return match.lookingAt() ? match.group(1).toLowerCase(Locale.ROOT) : "";
  }

  /** Base64 has no dot, so a dot before a known suffix is a path's. */
  static boolean isPath(String text) {
    String tail = text.substring(Math.max(0, text.length() - SUFFIX_CHARS_MAX));
    return MEDIA_SUFFIX.matcher(tail).find();
  }

  /** {@code text} if it can be an address or a path: short, and without control characters. */
  static String named(String text) throws MediaRefused {
    if (text.length() > CHARS_MAX) {
      throw MediaRefused.tooLarge("the address or path has " + text.length()
          + " characters, at most " + CHARS_MAX + " are allowed");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw MediaRefused.malformed(
          "an address or path may not contain line ends or other control characters");
    }
    return text;
  }

  /** The path of {@code file:/path}, {@code file:///path} or {@code file://localhost/path}, decoded. */
  static String fileUrlPath(String url) throws MediaRefused {
    String rest = url.substring(FILE_PREFIX.length());
    if (rest.startsWith("//")) {
      int path = rest.indexOf('/', 2);
      String host = path < 0 ? rest.substring(2) : rest.substring(2, path);
      if (!host.isEmpty() && !host.equalsIgnoreCase("localhost")) {
        throw MediaRefused.forbidden("a file URL may not name a host");
      }
      rest = path < 0 ? "" : rest.substring(path);
    }
    if (!rest.startsWith("/") || rest.indexOf('?') >= 0 || rest.indexOf('#') >= 0) {
      throw MediaRefused.malformed("a file URL is file:///, then the path, without ? or #");
    }
    return named(PercentText.decodeUtf8(rest));
  }
}
