package io.souffleur.tokenizer.jinja;

import java.util.Locale;

/** Upper, lower and title case of whole strings. */
final class Case {
  private Case() {}

  /** First character upper, the others lower. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = Character.charCount(text.codePointAt(0));
    return titled(text.substring(0, first)) + text.substring(first).toLowerCase(Locale.ROOT);
  }

  /** The title form of one character; where Java has no single one, its upper form. */
  private static String titled(String character) {
    int c = character.codePointAt(0);
    int title = Character.toTitleCase(c);
    if (title != c) {
      return Character.toString(title);
    }
    String upper = character.toUpperCase(Locale.ROOT);
    return upper.length() > character.length()
        ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
        : upper;
  }

  /** Title case as the string method has it: a letter after a letter is lower. */
  static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean afterLetter = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      String one = Character.toString(c);
      out.append(afterLetter ? one.toLowerCase(Locale.ROOT) : titled(one));
      afterLetter = isCased(c);
      i += Character.charCount(c);
    }
    return out.toString();
  }

  /** Title case as jinja2's filter has it: words begin after space, hyphen or an open bracket. */
  static String titleWords(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int end = i;
      while (end < text.length() && !isWordBreak(text.charAt(end))) {
        end++;
      }
      if (end > i) {
        int first = i + Character.charCount(text.codePointAt(i));
        out.append(text.substring(i, first).toUpperCase(Locale.ROOT))
            .append(text.substring(first, end).toLowerCase(Locale.ROOT));
      }
      while (end < text.length() && isWordBreak(text.charAt(end))) {
        out.append(text.charAt(end++));
      }
      i = end;
    }
    return out.toString();
  }

  private static boolean isWordBreak(char c) {
    return c == '-' || c == '(' || c == '{' || c == '[' || c == '<' || Text.isSpace(c);
  }

  static String swap(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      String one = Character.toString(c);
      out.append(
          Character.isUpperCase(c) ? one.toLowerCase(Locale.ROOT) : one.toUpperCase(Locale.ROOT));
    });
    return out.toString();
  }

  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  /** Whether there are letters with case, and all of them are upper (or lower). */
  static boolean isAll(String text, boolean upper) {
    return text.codePoints().anyMatch(Case::isCased)
        && text.codePoints()
            .allMatch(
                c -> !isCased(c) || (upper ? Character.isUpperCase(c) : Character.isLowerCase(c)));
  }

  static boolean isTitle(String text) {
    boolean afterLetter = false;
    boolean any = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      boolean starts = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (starts && afterLetter || Character.isLowerCase(c) && !afterLetter) {
        return false;
      }
      afterLetter = isCased(c);
      any |= afterLetter;
      i += Character.charCount(c);
    }
    return any;
  }
}
