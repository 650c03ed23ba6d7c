package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Strings as Python sees them: sequences of code points, with Python's idea of white space. */
final class Text {
  private Text() {}

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Whether indices in code points and in UTF-16 units are the same. */
  static boolean simple(String text) {
    return length(text) == text.length();
  }

  static String character(int codePoint) {
    return Character.toString(codePoint);
  }

  static Iterator<Object> characters(String text) {
    return text.codePoints().<Object>mapToObj(Text::character).iterator();
  }

  static boolean isSpace(int codePoint) {
    return codePoint == ' '
        || codePoint >= 0x09 && codePoint <= 0x0D
        || codePoint >= 0x1C && codePoint <= 0x1F
        || codePoint == 0x85
        || codePoint > 0x7F && Character.isSpaceChar(codePoint);
  }

  private static boolean isLineEnd(char c) {
    return c == '\n'
        || c == '\r'
        || c == 0x0B
        || c == 0x0C
        || c >= 0x1C && c <= 0x1E
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** Removes characters of {@code set}, or white space if it is null, from one or both ends. */
  static String strip(String text, String set, boolean left, boolean right) {
    int start = 0;
    int end = text.length();
    while (left && start < end) {
      int c = text.codePointAt(start);
      if (!(set == null ? isSpace(c) : set.indexOf(c) >= 0)) {
        break;
      }
      start += Character.charCount(c);
    }
    while (right && end > start) {
      int c = text.codePointBefore(end);
      if (!(set == null ? isSpace(c) : set.indexOf(c) >= 0)) {
        break;
      }
      end -= Character.charCount(c);
    }
    return text.substring(start, end);
  }

  /** Lines without their ends; {@code \r\n} is one end, and a last empty line does not count. */
  static List<String> lines(String text, boolean keepEnds) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && !isLineEnd(text.charAt(end))) {
        end++;
      }
      int next = end;
      if (next < text.length()) {
        next += text.startsWith("\r\n", next) ? 2 : 1;
      }
      lines.add(text.substring(start, keepEnds ? next : end));
      start = next;
    }
    return lines;
  }

  /** Orders by code points, which for characters beyond U+FFFF is not the order of units. */
  static int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean bothPlain = !Character.isSurrogate(x) && !Character.isSurrogate(y);
        return bothPlain || Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Repeats {@code unit}; a count below one gives nothing. */
  static String repeat(String unit, long count, Budget budget) {
    if (count <= 0 || unit.isEmpty()) {
      return "";
    }
    budget.text(count > Integer.MAX_VALUE ? Long.MAX_VALUE : count * unit.length());
    return unit.repeat((int) count);
  }

  /** Replaces the first {@code countMax} occurrences, all of them if that is negative. */
  static String replace(String text, String old, String with, long countMax, Budget budget) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    long done = 0;
    while (countMax < 0 || done < countMax) {
      int at = text.indexOf(old, from);
      if (at < 0 || old.isEmpty() && at >= text.length()) {
        break;
      }
      done++;
      if (old.isEmpty()) {
        int next = text.offsetByCodePoints(at, 1);
        out.append(with).append(text, at, next);
        from = next;
      } else {
        out.append(text, from, at).append(with);
        from = at + old.length();
      }
      budget.fits(out.length());
    }
    out.append(text, from, text.length());
    if (old.isEmpty() && (countMax < 0 || done < countMax)) {
      out.append(with);
    }
    budget.text(out.length());
    return out.toString();
  }
}
