package io.souffleur.http.openai;

import io.souffleur.contracts.request.TokenScore;
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

  private final StringBuilder logs = new StringBuilder();
  private final StringBuilder tops = new StringBuilder();
  private final boolean scored;

  /** @param scored whether the answer shows log-probabilities */
  public GenerateWriter(AnswerHead head, boolean scored) {
    this.scored = scored;
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

  /** A scored token. */
  public void append(TokenScore score, ScoreWriter writer, boolean withText) {
    logs.append(logs.isEmpty() ? "" : ",").append(writer.triple(score, withText));
    tops.append(tops.isEmpty() ? "" : ",").append(writer.topTriples(score, withText));
  }

  /**
   * The answer so far, or at its end.
   *
   * @param ending empty while the answer grows
   * @param seconds time since the request came
   */
  public String body(Optional<Ending> ending, Usage usage, double seconds) {
    StringBuilder out = new StringBuilder(text.length() + ids.length() + 320);
    out.append(text).append(ids).append("],\"meta_info\":{\"id\":").append(id);
    out.append(",\"finish_reason\":").append(ending.map(Ending::detail).orElse("null"));
    out.append(",\"prompt_tokens\":").append(usage.promptTokens());
    out.append(",\"completion_tokens\":").append(usage.completionTokens());
    out.append(",\"cached_tokens\":").append(usage.cachedTokens());
    out.append(",\"reasoning_tokens\":").append(usage.reasoningTokens());
    out.append(",\"weight_version\":\"default\",\"num_retractions\":0,\"e2e_latency\":");
    out.append(JsonText.number(seconds));
    if (scored) {
      out.append(",\"input_token_logprobs\":[],\"input_top_logprobs\":[]");
      out.append(",\"output_token_logprobs\":[").append(logs);
      out.append("],\"output_top_logprobs\":[").append(tops).append(']');
    }
    return out.append("}}").toString();
  }

  /** @param index which prompt of a list this answers; empty for a request with one prompt */
  public String event(OptionalInt index, Optional<Ending> ending, Usage usage, double seconds) {
    String body = body(ending, usage, seconds);
    if (index.isPresent()) {
      body = body.substring(0, body.length() - 1) + ",\"index\":" + index.getAsInt() + "}";
    }
    return "data: " + body + "\n\n";
  }
}
