package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The four ways of {@code split} and {@code rsplit}; {@code limit} counts cuts. */
final class Split {
  private Split() {}

  static List<Object> by(String text, String separator, long limit) {
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && parts.size() < limit) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  static List<Object> fromRight(String text, String separator, long limit) {
    List<Object> parts = new ArrayList<>();
    int end = text.length();
    while (parts.size() < limit) {
      int at =
          end - separator.length() < 0 ? -1 : text.lastIndexOf(separator, end - separator.length());
      if (at < 0) {
        break;
      }
      parts.add(text.substring(at + separator.length(), end));
      end = at;
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  /** Cuts at runs of white space; what follows the last cut loses only its leading space. */
  static List<Object> space(String text, long limit) {
    List<Object> parts = new ArrayList<>();
    int start = skipSpace(text, 0);
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && !Text.isSpace(text.charAt(end))) {
        end++;
      }
      if (parts.size() == limit) {
        end = text.length();
      }
      parts.add(text.substring(start, end));
      start = skipSpace(text, end);
    }
    return parts;
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && Text.isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static List<Object> spaceFromRight(String text, long limit) {
    List<Object> parts = new ArrayList<>();
    int end = skipSpaceBack(text, text.length());
    while (end > 0) {
      int start = end;
      while (start > 0 && !Text.isSpace(text.charAt(start - 1))) {
        start--;
      }
      if (parts.size() == limit) {
        start = 0;
      }
      parts.add(text.substring(start, end));
      end = skipSpaceBack(text, start);
    }
    Collections.reverse(parts);
    return parts;
  }

  private static int skipSpaceBack(String text, int from) {
    int at = from;
    while (at > 0 && Text.isSpace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }
}
