package io.souffleur.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.StageLimitException;
import io.souffleur.http.stage.StageOptions;
import io.souffleur.http.stage.ToolParsers;
import io.souffleur.http.stage.WholeAnswer;
import io.souffleur.http.stage.argument.ToolSchemas;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Answers through the stages: however they are cut, the joined output is the same, and the arguments of
 * every call are one JSON object.
 *
 * <pre>
 *   parser (1 B), options (1 B), seed of the cuts (1 B), text in UTF-8
 * </pre>
 */
public final class AnswersFuzz {
  private static final int HEAD_BYTES = 3;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PARSERS =
      ToolParsers.NAMES.stream().sorted().toList();
  private static final ToolSchemas TOOLS = ToolSchemas.of(Served.json(
      "[{\"function\":{\"name\":\"note\",\"parameters\":{\"properties\":{\"title\":{\"type\":\"string\"},"
          + "\"count\":{\"type\":\"integer\"},\"tags\":{\"type\":\"array\"},\"size\":{\"type\":\"number\"},"
          + "\"done\":{\"type\":\"boolean\"},\"more\":{\"type\":\"made_up\"}}}}},"
          + "{\"function\":{\"name\":\"lookup\"}}]"));

  /** What both kinds of clients get. */
  private record Outcome(
      String thought,
      String answer,
      List<WholeAnswer.Call> streamed,
      String content,
      List<WholeAnswer.Call> calls,
      boolean limited) {}

  private AnswersFuzz() {}

  /** Called by the fuzzer before all, by this name: classes are slow when they are loaded. */
  public static void fuzzerInitialize() {
    seeds().forEach(AnswersFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer, by this name. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < HEAD_BYTES) {
      return;
    }
    StageOptions options = options(data[0] & 0xff, data[1]);
    String text = new String(data, HEAD_BYTES, data.length - HEAD_BYTES, StandardCharsets.UTF_8);
    Outcome whole = outcome(options, List.of(text));
    require(whole, outcome(options, Arrays.asList(text.split(""))), "single characters");
    for (int cut = 0; cut < 2; cut++) {
      Random random = new Random(data[2] * 2L + cut);
      require(whole, outcome(options, pieces(text, random)), "cut " + cut);
    }
    whole.streamed().forEach(AnswersFuzz::requireObject);
    whole.calls().forEach(AnswersFuzz::requireObject);
    boolean plain =
        options.tools().isEmpty() && !options.reasoning() && options.stops().isEmpty();
    if (plain && !whole.answer().equals(text)) {
      throw new AssertionError("text was lost: " + whole.answer());
    }
  }

  private static StageOptions options(int parser, byte bits) {
    StageOptions options = StageOptions.PLAIN;
    int choice = parser % (PARSERS.size() + 1);
    if (choice < PARSERS.size()) {
      options = options.withTools(TOOLS, PARSERS.get(choice));
    }
    if ((bits & 1) != 0) {
      options = options.withReasoning((bits & 2) != 0, (bits & 4) != 0);
    }
    return (bits & 8) != 0
        ? options.withStops(List.of("STOP", "xt\n", "</func"), (bits & 16) != 0)
        : options;
  }

  /** A long text may hold more calls than are allowed; what was shown until then is compared too. */
  private static Outcome outcome(StageOptions options, List<String> pieces) {
    AnswerStages stages = new AnswerStages(options);
    WholeAnswer answer = new WholeAnswer();
    boolean limited = false;
    try {
      pieces.forEach(piece -> stages.accept(piece, answer));
      stages.finish(answer);
    } catch (StageLimitException expected) {
      limited = true;
    }
    return new Outcome(
        answer.streamedReasoning(),
        answer.streamedAnswer(),
        limited ? List.of() : answer.streamedCalls(),
        answer.content(stages.thought()),
        limited ? List.of() : answer.calls(),
        limited);
  }

  private static List<String> pieces(String text, Random random) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + 1 + random.nextInt(24));
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }

  private static void require(Outcome expected, Outcome found, String how) {
    if (!expected.equals(found)) {
      throw new AssertionError(how + ": expected " + expected + ", found " + found);
    }
  }

  private static void requireObject(WholeAnswer.Call call) {
    try {
      if (!JSON.readTree(call.arguments()).isObject()) {
        throw new AssertionError("no object: " + call);
      }
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + call, e);
    }
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String file :
        List.of("reasoning-qwen3-interns1.json", "tool-qwen3_coder.json", "tool-interns1.json")) {
      for (JsonNode vector : vectors(file)) {
        String text = vector.path("input").textValue();
        boolean thought = vector.path("kind").textValue().equals("reasoning");
        for (int parser = 0; parser <= PARSERS.size(); parser++) {
          seeds.add(seed(parser, thought ? 5 : 0, text));
        }
      }
    }
    String call =
        "<tool_call>\n{\"name\": \"note\", \"arguments\": {\"title\": \"a\\u00e4\\ud83d\\ude00\","
            + " \"count\": -1.5e3, \"tags\": [true, null, {}]}}\n</tool_call>";
    String plugin =
        "<|action_start|> <|plugin|>\n{\"name\": \"note\", \"parameters\": {\"title\": \"x\"}}"
            + "<|action_end|>";
    for (int parser = 0; parser <= PARSERS.size(); parser++) {
      seeds.add(seed(parser, 13, "Hm.</think>" + call + "\n" + call));
      seeds.add(seed(parser, 0, plugin + "text" + plugin));
      seeds.add(seed(
          parser,
          0,
          "<tool_call>\n<function=note>\n<parameter=more>\n{'a': (1, None)}\n</parameter>\n"
              + "<parameter=size>1e3</parameter></function></tool_call>"));
    }
    return seeds;
  }

  private static JsonNode vectors(String file) {
    try {
      return JSON.readTree(GoldenFolders.path("parsers").resolve(file).toFile()).path("vectors");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] seed(int parser, int bits, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] seed = new byte[HEAD_BYTES + utf8.length];
    seed[0] = (byte) parser;
    seed[1] = (byte) bits;
    System.arraycopy(utf8, 0, seed, HEAD_BYTES, utf8.length);
    return seed;
  }
}
