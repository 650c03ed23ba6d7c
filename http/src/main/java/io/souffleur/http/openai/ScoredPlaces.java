package io.souffleur.http.openai;

import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;

/**
 * Scored places of one side of a {@code /generate} answer, its prompt or its output, as JSON text that only
 * grows. Owned by one session.
 */
final class ScoredPlaces {
  private final String side;
  private final ScoreSpec spec;
  private final ScoreWriter writer;
  private final boolean withText;
  private final StringBuilder logs = new StringBuilder();
  private final StringBuilder tops = new StringBuilder();
  private final StringBuilder ids = new StringBuilder();

  /**
   * @param side what the names of the fields begin with
   * @param withText whether tokens come with their text
   */
  ScoredPlaces(String side, ScoreSpec spec, ScoreWriter writer, boolean withText) {
    this.side = side;
    this.spec = spec;
    this.writer = writer;
    this.withText = withText;
  }

  /** A token that nothing predicts. */
  void addUnscored(int token) {
    add(writer.unscored(token, withText), "null", "null");
  }

  void add(TokenScore score) {
    add(
        writer.triple(score, withText),
        writer.topTriples(score, withText),
        writer.idTriples(spec.ids(), score, withText));
  }

  private void add(String log, String top, String named) {
    String separator = logs.isEmpty() ? "" : ",";
    logs.append(separator).append(log);
    if (spec.top() > 0) {
      tops.append(separator).append(top);
    }
    if (!spec.ids().isEmpty()) {
      ids.append(separator).append(named);
    }
  }

  int chars() {
    return logs.length() + tops.length() + ids.length();
  }

  /** Appends the fields that were asked for, each with a comma before it. */
  void write(StringBuilder out) {
    write("_token_logprobs", logs, out);
    if (spec.top() > 0) {
      write("_top_logprobs", tops, out);
    }
    if (!spec.ids().isEmpty()) {
      write("_token_ids_logprobs", ids, out);
    }
  }

  private void write(String name, StringBuilder places, StringBuilder out) {
    out.append(",\"").append(side).append(name).append("\":[").append(places).append(']');
  }
}
