package io.souffleur.http.openai;

import io.souffleur.http.stage.argument.JsonText;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Bodies and events of {@code /generate}. Each event carries the text so far.
 *
 * <p>Text and ids are kept as JSON text that only grows, so that an event costs one copy of what it
 * sends. Owned by one session; not thread safe.
 */
public final class GenerateWriter {
  private final String id;
  private final StringBuilder text = new StringBuilder("{\"text\":\"");
  private final StringBuilder ids = new StringBuilder("\",\"output_ids\":[");

  private final GenerateScores scores;

  public GenerateWriter(AnswerHead head, GenerateScores scores) {
    this.scores = scores;
    this.id = JsonText.quoted(head.id().value());
  }

  public void append(String piece) {
    String quoted = JsonText.quoted(piece);
    text.append(quoted, 1, quoted.length() - 1);
  }

  public void append(int token) {
    if (ids.charAt(ids.length() - 1) != '[') {
      ids.append(',');
    }
    ids.append(token);
  }

  /**
   * The answer so far, or at its end.
   *
   * @param ending empty while the answer grows
   * @param seconds time since the request came
   */
  public String body(Optional<Ending> ending, Usage usage, double seconds) {
    StringBuilder out = start(ending, usage, seconds);
    scores.write(out);
    return out.append("}}").toString();
  }

  private StringBuilder start(Optional<Ending> ending, Usage usage, double seconds) {
    StringBuilder out = new StringBuilder(text.length() + ids.length() + 320);
    out.append(text).append(ids).append("],\"meta_info\":{\"id\":").append(id);
    out.append(",\"finish_reason\":").append(ending.map(Ending::detail).orElse("null"));
    out.append(",\"prompt_tokens\":").append(usage.promptTokens());
    out.append(",\"completion_tokens\":").append(usage.completionTokens());
    out.append(",\"cached_tokens\":").append(usage.cachedTokens());
    out.append(",\"reasoning_tokens\":").append(usage.reasoningTokens());
    out.append(",\"weight_version\":\"default\",\"num_retractions\":0,\"e2e_latency\":");
    return out.append(JsonText.number(seconds));
  }

  /** @param index which prompt of a list this answers; empty for a request with one prompt */
  public String event(OptionalInt index, Optional<Ending> ending, Usage usage, double seconds) {
    StringBuilder out = start(ending, usage, seconds);
    scores.writeEvent(out);
    out.append('}');
    index.ifPresent(part -> out.append(",\"index\":").append(part));
    return "data: " + out.append("}\n\n");
  }
}
