package io.souffleur.http.stage.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.ReasoningStage;
import io.souffleur.http.stage.StageOptions;
import io.souffleur.http.stage.ToolParsers;
import io.souffleur.http.stage.WholeAnswer;
import io.souffleur.http.stage.argument.ToolSchemas;
import io.souffleur.http.stage.conformance.VectorRow.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Runs files of the format {@code parser-vectors/1}.
 *
 * <p>Each text goes through the stages whole, in pieces of one and of three characters, in the
 * recorded token pieces, and in {@link #RANDOM_CUTS} seeded random cuts, with the thought streamed
 * and not. All of these must give one and the same result, and the result must be an accepted one.
 */
public final class VectorRunner {

  /** The {@code format} field of the files understood. */
  public static final String FORMAT = "parser-vectors/1";

  /** Random cuts per vector, besides the recorded ones. */
  public static final int RANDOM_CUTS = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final long seed;

  /** @param seed of the random cuts; failures name it */
  public VectorRunner(long seed) {
    this.seed = seed;
  }

  /** Whether {@code json} is the content of a vector file, judged by its format field. */
  public static boolean understands(JsonNode json) {
    return FORMAT.equals(json.path("format").asText());
  }

  /** One row per vector of the file, in its order. */
  public List<VectorRow> run(Path file) throws IOException {
    return run(JSON.readTree(Files.readString(file)));
  }

  /** One row per vector, in order. */
  public List<VectorRow> run(JsonNode file) {
    if (!understands(file)) {
      throw new IllegalArgumentException(
          "format is '" + file.path("format").asText() + "', expected '" + FORMAT + "'");
    }
    List<VectorRow> rows = new ArrayList<>();
    for (JsonNode vector : file.path("vectors")) {
      rows.add(runOne(vector));
    }
    return rows;
  }

  private VectorRow runOne(JsonNode vector) {
    String name = vector.path("id").asText();
    Optional<StageOptions> options = options(vector);
    if (options.isEmpty()) {
      return new VectorRow(name, Verdict.SKIPPED, "no parser here for " + vector.path("parsers"));
    }
    VectorExpectation expectation = VectorExpectation.of(vector);
    String input = vector.path("input").asText();
    int cuts = 0;
    for (boolean streamed : new boolean[] {true, false}) {
      StageOptions variant = options.get().reasoning()
          ? options.get().withReasoning(options.get().thoughtOpen(), streamed)
          : options.get();
      for (List<String> pieces : cuts(vector, input)) {
        Result result = run(variant, pieces);
        cuts++;
        if (!expectation.streamed().contains(result.streamed())) {
          return failed(name, "streamed", pieces, expectation.streamed(), result.streamed());
        }
        if (!expectation.whole().contains(result.whole())) {
          return failed(name, "whole", pieces, expectation.whole(), result.whole());
        }
      }
    }
    return new VectorRow(name, Verdict.PASSED, cuts + " cuts");
  }

  private VectorRow failed(
      String name,
      String kind,
      List<String> pieces,
      Set<ParsedAnswer> expected,
      ParsedAnswer found) {
    String cut = pieces.size() > 12 ? pieces.size() + " pieces" : pieces.toString();
    return new VectorRow(
        name,
        Verdict.FAILED,
        kind + ", seed " + seed + ", cut " + cut + ": expected " + expected + ", found " + found);
  }

  private static Optional<StageOptions> options(JsonNode vector) {
    boolean reasoning = vector.path("kind").asText().equals("reasoning");
    Set<String> known = reasoning ? ReasoningStage.PARSERS : ToolParsers.NAMES;
    for (JsonNode parser : vector.path("parsers")) {
      if (known.contains(parser.asText())) {
        boolean forced = vector.path("options").path("force_reasoning").asBoolean();
        return Optional.of(
            reasoning
                ? StageOptions.PLAIN.withReasoning(forced, true)
                : StageOptions.PLAIN.withTools(
                    ToolSchemas.of(vector.path("tools")), parser.asText()));
      }
    }
    return Optional.empty();
  }

  private record Result(ParsedAnswer streamed, ParsedAnswer whole) {}

  private static Result run(StageOptions options, List<String> pieces) {
    AnswerStages stages = new AnswerStages(options);
    WholeAnswer answer = new WholeAnswer();
    pieces.forEach(piece -> stages.accept(piece, answer));
    stages.finish(answer);
    return new Result(
        ParsedAnswer.of(
            answer.streamedReasoning(), answer.streamedAnswer(), answer.streamedCalls()),
        ParsedAnswer.of(
            answer.reasoning(stages.thoughtClosed()),
            answer.content(stages.thought()),
            answer.calls()));
  }

  private List<List<String>> cuts(JsonNode vector, String input) {
    List<List<String>> cuts = new ArrayList<>();
    cuts.add(List.of(input));
    cuts.add(pieces(input, 1));
    cuts.add(pieces(input, 3));
    for (JsonNode stream : vector.path("expect").path("B").path("streams")) {
      if (stream.has("chunks")) {
        List<String> chunks = new ArrayList<>();
        stream.path("chunks").forEach(chunk -> chunks.add(chunk.asText()));
        cuts.add(chunks);
      }
    }
    Random random = new Random(seed);
    for (int i = 0; i < RANDOM_CUTS; i++) {
      cuts.add(randomPieces(input, random));
    }
    return cuts;
  }

  private static List<String> pieces(String input, int chars) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < input.length(); i += chars) {
      pieces.add(input.substring(i, Math.min(input.length(), i + chars)));
    }
    return pieces;
  }

  private static List<String> randomPieces(String input, Random random) {
    int longest = 1 + random.nextInt(24);
    List<String> pieces = new ArrayList<>();
    int from = 0;
    while (from < input.length()) {
      int to = Math.min(input.length(), from + 1 + random.nextInt(longest));
      pieces.add(input.substring(from, to));
      from = to;
    }
    return pieces;
  }
}
