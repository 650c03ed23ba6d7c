package io.souffleur.tokenizer;

/**
 * Bytes to UTF-16 text, incrementally, replacing what is broken.
 *
 * <p>Each maximal part of an ill-formed sequence becomes one U+FFFD (the practice of the Unicode
 * standard, chapter 3, and of Rust's lossy conversion; the JDK's own decoder differs on encoded
 * surrogates). Bytes of a sequence that may still become a character are held back. One thread.
 */
final class Utf8Decoder {
  private static final char REPLACEMENT = '\uFFFD';

  private int codePoint;
  private int missing;
  private int lowest = 0x80;
  private int highest = 0xBF;

  /** Appends to {@code out} every character that {@code bytes} complete. */
  void accept(byte[] bytes, StringBuilder out) {
    for (byte signed : bytes) {
      accept(signed & 0xFF, out);
    }
  }

  /** Whether bytes are held back. */
  boolean holding() {
    return missing > 0;
  }

  /** Ends the text: held back bytes become U+FFFD, and the decoder is as new. */
  void finish(StringBuilder out) {
    if (missing > 0) {
      missing = 0;
      lowest = 0x80;
      highest = 0xBF;
      out.append(REPLACEMENT);
    }
  }

  private void accept(int unit, StringBuilder out) {
    if (missing > 0) {
      if (unit >= lowest && unit <= highest) {
        lowest = 0x80;
        highest = 0xBF;
        codePoint = codePoint << 6 | unit & 0x3F;
        if (--missing == 0) {
          out.appendCodePoint(codePoint);
        }
        return;
      }
      finish(out);
    }
    lead(unit, out);
  }

  private void lead(int unit, StringBuilder out) {
    if (unit < 0x80) {
      out.append((char) unit);
    } else if (unit >= 0xC2 && unit <= 0xDF) {
      missing = 1;
      codePoint = unit & 0x1F;
    } else if (unit >= 0xE0 && unit <= 0xEF) {
      missing = 2;
      codePoint = unit & 0x0F;
      lowest = unit == 0xE0 ? 0xA0 : 0x80; // no overlong forms
      highest = unit == 0xED ? 0x9F : 0xBF; // no surrogates
    } else if (unit >= 0xF0 && unit <= 0xF4) {
      missing = 3;
      codePoint = unit & 0x07;
      lowest = unit == 0xF0 ? 0x90 : 0x80;
      highest = unit == 0xF4 ? 0x8F : 0xBF; // nothing above U+10FFFF
    } else {
      out.append(REPLACEMENT);
    }
  }
}
