package io.souffleur.http.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The law of the stages: however a text is cut, the joined output is the same.
 *
 * <p>A long run: {@code -Dtest=RandomCutsTest -Drandom.cuts=100000} cuts so often per tool parser.
 */
class RandomCutsTest {

  private static final int TEXTS = 2_000;
  private static final int CUTS_PER_TEXT = 20;
  private static final int CUTS = Integer.getInteger("random.cuts", 8_000);
  private static final long SEED = 20261121;

  private static final List<String> PARSERS =
      ToolParsers.NAMES.stream().sorted().toList();

  private static final String[] SNIPPETS = {
    "<|action_start|> <|plugin|>",
    "<|action_start|>",
    "<|plugin|>",
    "<|action_end|>",
    "{\"name\": \"note\", \"arguments\": ",
    "{\"title\": \"a\"}}",
    "{\"name\": \"now\"}",
    "{\"name\": \"note\", \"parameters\": {\"title\": \"a\\u00e4\\ud83d\\ude00\", \"count\": [1, -2.5e3",
    "<tool_call>{\"name\": \"note\", \"arguments\": {\"title\": \"",
    "<|action_start|> <|plugin|>{\"name\": \"note\", \"parameters\": {\"count\": 1",
    "\\ud83d",
    "\\ude00",
    ", \"count\": ",
    "true",
    "1e999",
    "}",
    "]",
    "[",
    ",",
    "\\",
    "\\\"",
    "<tool_call>\n{\"name\": \"now\", \"arguments\": {\"a\": \"</tool_call>\"}}\n</tool_call>",
    "<|action_start|> <|plugin|>\n{\"name\": \"note\", \"parameters\": {}}<|action_end|>",
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<function=",
    "<function=note>",
    "<function=now>",
    "<function=other>",
    "</function>",
    "<parameter=",
    "<parameter=title>",
    "<parameter=count>",
    "</parameter>",
    "\n",
    "\n\n",
    " ",
    "12",
    "null",
    "text",
    "<",
    "</",
    ">",
    "STOP",
    "ST",
    "\u00e9",
    "\ud83d\ude00",
    "{'a': 1}",
    "\"",
    "<tool_call>\n<function=note>\n<parameter=title>\nA\n</parameter>\n</function>\n</tool_call>",
  };

  @ParameterizedTest
  @ValueSource(strings = {"qwen3_coder", "interns1", "qwen", "qwen25", "none"})
  void joinedOutputDoesNotDependOnTheCut(String parser) {
    Random random = new Random(SEED);
    for (int i = 0; i < CUTS / CUTS_PER_TEXT; i++) {
      String text = text(random);
      StageOptions options = options(random, parser);
      Stages.Both whole = Stages.both(options, List.of(text));
      for (int cut = 0; cut < CUTS_PER_TEXT; cut++) {
        List<String> pieces = Stages.randomPieces(text, random);
        String where = "seed " + SEED + ", text " + i + ", pieces " + pieces + ", " + options;
        assertEquals(whole, Stages.both(options, pieces), where);
      }
    }
  }

  @Test
  void joinedArgumentsAreAlwaysOneJsonObject() throws Exception {
    Random random = new Random(SEED + 1);
    ObjectMapper json = new ObjectMapper();
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      String parser = PARSERS.get(random.nextInt(PARSERS.size()));
      StageOptions options = options(random, parser);
      Stages.Both both = Stages.both(options, List.of(text));
      assertTrue(both.streamed().calls().size() >= both.calls().size(), text);
      for (WholeAnswer.Call call : both.streamed().calls()) {
        JsonNode arguments = json.readTree(call.arguments());
        assertTrue(
            arguments.isObject(), () -> "seed " + (SEED + 1) + ": " + text + " gave " + call);
      }
    }
  }

  @Test
  void withoutToolsAndThoughtNothingIsLost() {
    Random random = new Random(SEED + 2);
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      assertEquals(
          text,
          Stages.joined(StageOptions.PLAIN, Stages.randomPieces(text, random)).answer());
    }
  }

  private static StageOptions options(Random random, String parser) {
    StageOptions options = StageOptions.PLAIN;
    if (PARSERS.contains(parser)) {
      options = options.withTools(ToolCallStageTest.TOOLS, parser);
    }
    if (random.nextInt(3) > 0) {
      options = options.withReasoning(random.nextBoolean(), random.nextBoolean());
    }
    if (random.nextInt(3) == 0) {
      options = options.withStops(List.of("STOP", "xt\n", "</func"), random.nextBoolean());
    }
    return options;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int snippets = 1 + random.nextInt(16);
    for (int i = 0; i < snippets; i++) {
      text.append(SNIPPETS[random.nextInt(SNIPPETS.length)]);
    }
    return text.toString();
  }
}
