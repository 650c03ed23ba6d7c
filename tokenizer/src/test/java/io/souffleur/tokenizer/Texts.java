package io.souffleur.tokenizer;

import java.util.Random;
import java.util.stream.Collectors;

/** Random texts with what breaks tokenizers: emoji, combining marks, blanks, digits, tags. */
final class Texts {
  private static final String[] PIECES = {
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "the",
    " Paris",
    "don't",
    "123",
    "4.5e-7",
    "é",
    "e\u0301",
    "ü",
    "ß",
    "中文",
    "한국어",
    "عربى",
    "हिन्दी",
    "👍",
    "👍🏽",
    "👨‍👩‍👧",
    "🇫🇷",
    "\u200B",
    "\u00A0",
    "\uFEFF",
    "<think>",
    "<|im_end|>",
    "{\"a\": 1}",
    "$",
    "\\",
    "𝔘",
    "\u0000",
    "\uFFFD",
    "ﬁ",
    "①"
  };

  private Texts() {}

  static String random(Random random, int piecesMax) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(piecesMax); i > 0; i--) {
      if (random.nextInt(4) > 0) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      } else {
        int c = random.nextInt(Character.MAX_CODE_POINT + 1);
        boolean character = Character.isDefined(c) && (c < 0xD800 || c > 0xDFFF);
        text.appendCodePoint(character ? c : 'x');
      }
    }
    return text.toString();
  }

  static String codes(String text) {
    return text.codePoints()
        .mapToObj(c -> "U+" + Integer.toHexString(c))
        .collect(Collectors.joining(" "));
  }
}
