package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reads one answer line by line, streamed or whole, and notes when its text came.
 *
 * <p>One thread uses it, once.
 */
final class AnswerReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "data:";
  private static final String END = "[DONE]";
  private static final int QUOTED_CHARS = 300;

  private final Dialect dialect;
  private final BenchRequest request;
  private final boolean streams;
  private final long startNanos;
  private final LongSupplier clock;
  private final Timeline timeline;
  private final StringBuilder text = new StringBuilder();
  private int outputTokens;
  private long latestNanos;
  private boolean ended;

  /**
   * @param streams whether the answer must end with the mark of a stream
   * @param startNanos when the request was sent, by {@code clock}
   */
  AnswerReader(
      Dialect dialect, BenchRequest request, boolean streams, long startNanos, LongSupplier clock) {
    this.dialect = dialect;
    this.request = request;
    this.streams = streams;
    this.startNanos = startNanos;
    this.clock = clock;
    this.timeline = new Timeline(startNanos);
    this.outputTokens = request.outputTokens();
    this.latestNanos = startNanos;
  }

  /** Reads to the end; what is wrong with the answer becomes the outcome's error. */
  Outcome read(AnswerLines lines) throws IOException {
    Optional<String> line = lines.next();
    while (line.isPresent()) {
      if (!line.get().isBlank()) {
        String fault = onLine(line.get().strip());
        if (!fault.isEmpty()) {
          return Outcome.failed(fault, startNanos, request.inputTokens());
        }
      }
      line = lines.next();
    }
    if (streams && !ended) {
      return Outcome.failed("the stream ended without " + END, startNanos, request.inputTokens());
    }
    return new Outcome(
        "",
        startNanos,
        timeline.ttftNanos(),
        timeline.gapNanos(),
        latestNanos - startNanos,
        request.inputTokens(),
        outputTokens,
        text.toString());
  }

  private String onLine(String line) {
    if (line.startsWith(":") || line.startsWith("event:")) {
      return "";
    }
    long now = clock.getAsLong();
    latestNanos = now;
    String data = line.startsWith(PREFIX) ? line.substring(PREFIX.length()).strip() : line;
    if (data.equals(END)) {
      ended = true;
      return "";
    }
    try {
      JsonNode tree = JSON.readTree(data);
      if (tree.hasNonNull("error")) {
        JsonNode error = tree.path("error");
        return "the answer is an error: " + quoted(error.path("message").asText(error.toString()));
      }
      dialect.read(tree, this, now);
      return "";
    } catch (JsonProcessingException malformed) {
      return "the answer is not JSON: " + quoted(data);
    }
  }

  static String quoted(String text) {
    return text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "…";
  }

  /** The text so far, and how many tokens it has. */
  void replaceText(String soFar, int tokens, long nanos) {
    text.setLength(0);
    text.append(soFar);
    outputTokens = tokens;
    timeline.onText(nanos, tokens);
  }

  /** Text behind the text so far; empty pieces do not count. */
  void addText(String piece, long nanos) {
    if (!piece.isEmpty()) {
      text.append(piece);
      timeline.onPiece(nanos);
    }
  }

  /** The server's count of the whole answer. */
  void countTokens(int tokens) {
    outputTokens = tokens;
  }
}
