package io.souffleur.tokenizer.jinja;

/**
 * Text that {@code safe} or {@code escape} marked as HTML. With automatic escaping off it prints like
 * any text, but joining it to plain text by {@code +} escapes the plain part.
 */
record Markup(String text) {
  /** Replaces the five characters with a meaning in HTML. */
  static String escape(String plain) {
    StringBuilder out = new StringBuilder(plain.length() + 16);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&#34;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
