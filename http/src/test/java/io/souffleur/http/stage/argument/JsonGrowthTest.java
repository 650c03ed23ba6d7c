package io.souffleur.http.stage.argument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Writing JSON while it grows, against reading it whole and writing the tree. */
class JsonGrowthTest {
  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();
  private static final ObjectMapper ONCE =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final long SEED = 20261122;
  private static final int TEXTS = 20_000;

  private static final String[] SNIPPETS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\t",
    "\"",
    "\"a\"",
    "\"b\": ",
    "\"\u00e4\"",
    "\\",
    "\\n",
    "\\u00e9",
    "\\ud83d",
    "\\ude00",
    "\ud83d\ude00",
    "\ud83d",
    "0",
    "-",
    "12",
    ".5",
    "e3",
    "E+2",
    "1e999",
    "-0",
    "-0.0",
    "01",
    "true",
    "false",
    "null",
    "tru",
    "nan",
    "'",
    "/",
    "{\"c\": [1, 2.50]}",
    "[]",
    "{}",
    "\"x\": {\"y\": \"\\/\\b\\f\\r\\t\"}",
  };

  private static final String[] SCALARS = {
    "0",
    "-0",
    "-0.0",
    "12",
    "-7.25",
    "1e2",
    "1E-7",
    "123456789012345678901",
    "true",
    "false",
    " null ",
    "\"\"",
    "\"a b\"",
    "\"\u00e4\\u00e4\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ude00\\ud83d\"",
    "\"\ud83d\ude00\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\u007f\"",
  };

  /** Joined text of a whole object or array, or empty when it is not strict JSON. */
  private static Optional<String> grown(String text) {
    JsonGrowth growth = new JsonGrowth();
    JsonScanner scanner = new JsonScanner(growth);
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      scanner.accept(text.charAt(i));
      joined.append(growth.take());
    }
    boolean container = text.strip().startsWith("{") || text.strip().startsWith("[");
    return container && scanner.complete() ? Optional.of(joined.toString()) : Optional.empty();
  }

  /** The same from a tree, in which the last of two equal keys counts. */
  private static Optional<String> whole(String text) {
    try {
      JsonNode tree = JSON.readTree(text);
      return tree.isContainerNode() && finite(tree)
          ? Optional.of(JsonText.of(tree))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static boolean eachKeyOnce(String text) {
    try {
      ONCE.readTree(text);
      return true;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static boolean finite(JsonNode tree) {
    if (tree.isFloatingPointNumber()) {
      return Double.isFinite(tree.doubleValue());
    }
    for (JsonNode child : tree) {
      if (!finite(child)) {
        return false;
      }
    }
    return true;
  }

  /** A value with odd blanks, mostly whole; sometimes snippets in any order. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    if (random.nextInt(3) > 0) {
      value(random, 0, text);
      if (random.nextInt(3) == 0) {
        int at = random.nextInt(text.length());
        text.replace(at, at + 1, SNIPPETS[random.nextInt(SNIPPETS.length)]);
      }
      return text.toString();
    }
    int snippets = 1 + random.nextInt(12);
    for (int i = 0; i < snippets; i++) {
      text.append(SNIPPETS[random.nextInt(SNIPPETS.length)]);
    }
    return text.toString();
  }

  private static void value(Random random, int depth, StringBuilder text) {
    boolean object = random.nextBoolean();
    text.append(object ? "{" : "[").append(" ".repeat(random.nextInt(2)));
    int entries = random.nextInt(4);
    for (int i = 0; i < entries; i++) {
      text.append(i == 0 ? "" : random.nextBoolean() ? "," : "\n,\t");
      if (object) {
        text.append("\"k")
            .append(random.nextBoolean() ? "\\u00e9" : "")
            .append(i)
            .append("\" :");
      }
      if (depth < 4 && random.nextInt(3) == 0) {
        value(random, depth + 1, text);
      } else {
        text.append(SCALARS[random.nextInt(SCALARS.length)]);
      }
    }
    text.append(object ? "}" : "]");
  }

  @Test
  void whatGrowsIsWhatAWholeReadingGives() {
    Random random = new Random(SEED);
    int valid = 0;
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      Optional<String> whole = whole(text);
      Optional<String> grown = grown(text);
      assertEquals(whole.isPresent(), grown.isPresent(), () -> "seed " + SEED + ": " + text);
      if (whole.isPresent()) {
        valid++;
        assertEquals(whole.get(), whole(grown.get()).orElseThrow(), text);
        if (eachKeyOnce(text)) {
          assertEquals(whole.get(), grown.get(), text);
        }
      }
    }
    assertFalse(valid < TEXTS / 3, valid + " valid texts");
  }

  @Test
  void whatIsWrittenCanBeEndedAnywhere() throws Exception {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      JsonGrowth growth = new JsonGrowth();
      JsonScanner scanner = new JsonScanner(growth);
      StringBuilder joined = new StringBuilder();
      for (int c = 0; c < text.length(); c++) {
        scanner.accept(text.charAt(c));
        joined.append(growth.take());
        JSON.readTree(joined + growth.ending());
      }
    }
  }
}
