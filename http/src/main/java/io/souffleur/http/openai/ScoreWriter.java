package io.souffleur.http.openai;

import io.souffleur.contracts.request.TokenScore;
import io.souffleur.http.stage.argument.JsonText;
import io.souffleur.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Log-probabilities of tokens as JSON text, in the shapes of the endpoints.
 *
 * <p>What JSON cannot say, the logarithm of 0, is {@link #IMPOSSIBLE}. Immutable; safe for any thread.
 */
public final class ScoreWriter {
  /** Stands for negative infinity, as clients of the API know it. */
  static final double IMPOSSIBLE = -9999.0;

  private final Tokenizer tokenizer;

  public ScoreWriter(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** {@code logprobs} of a chat choice or chunk; null for no scores. */
  public String chat(List<TokenScore> scores) {
    if (scores.isEmpty()) {
      return "null";
    }
    StringBuilder out = new StringBuilder("{\"content\":");
    char next = '[';
    for (TokenScore score : scores) {
      out.append(next);
      chatToken(score.token(), score.log(), out);
      out.append(",\"top_logprobs\":[");
      for (int i = 0; i < score.topTokens().length; i++) {
        out.append(i == 0 ? "" : ",");
        chatToken(score.topTokens()[i], score.topLogs()[i], out);
        out.append('}');
      }
      out.append("]}");
      next = ',';
    }
    return out.append("],\"refusal\":null}").toString();
  }

  /** All of a token's entry but its closing brace. */
  private void chatToken(int token, float log, StringBuilder out) {
    out.append("{\"token\":").append(JsonText.quoted(text(token))).append(",\"bytes\":[");
    byte[] bytes = bytes(token);
    for (int i = 0; i < bytes.length; i++) {
      out.append(i == 0 ? "" : ",").append(bytes[i] & 0xff);
    }
    out.append("],\"logprob\":").append(number(log));
  }

  /**
   * {@code logprobs} of a completion; null for no scores.
   *
   * @param first the token before them, which nothing predicts; empty for none
   */
  public String completion(OptionalInt first, List<TokenScore> scores) {
    if (scores.isEmpty() && first.isEmpty()) {
      return "null";
    }
    StringBuilder offsets = new StringBuilder();
    StringBuilder logs = new StringBuilder();
    StringBuilder tokens = new StringBuilder();
    StringBuilder tops = new StringBuilder();
    String separator = "";
    if (first.isPresent()) {
      offsets.append("-1");
      logs.append("null");
      tokens.append(JsonText.quoted(text(first.getAsInt())));
      tops.append("null");
      separator = ",";
    }
    for (TokenScore score : scores) {
      offsets.append(separator).append("-1");
      logs.append(separator).append(number(score.log()));
      tokens.append(separator).append(JsonText.quoted(text(score.token())));
      tops.append(separator).append(completionTop(score));
      separator = ",";
    }
    return "{\"text_offset\":[" + offsets + "],\"token_logprobs\":[" + logs + "],\"tokens\":["
        + tokens + "],\"top_logprobs\":[" + tops + "]}";
  }

  /** Tokens with the same text share a name; the likeliest has it. */
  private String completionTop(TokenScore score) {
    if (score.topTokens().length == 0) {
      return "null";
    }
    List<String> names = new ArrayList<>();
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < score.topTokens().length; i++) {
      String name = JsonText.quoted(text(score.topTokens()[i]));
      if (!names.contains(name)) {
        out.append(names.isEmpty() ? "" : ",").append(name).append(':');
        out.append(number(score.topLogs()[i]));
        names.add(name);
      }
    }
    return out.append('}').toString();
  }

  /** {@code [logprob, id, text or null]} of the token itself. */
  String triple(TokenScore score, boolean withText) {
    return triple(score.token(), score.log(), withText);
  }

  /** The triples of the likeliest tokens, or null when none were wanted. */
  String topTriples(TokenScore score, boolean withText) {
    if (score.topTokens().length == 0) {
      return "null";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < score.topTokens().length; i++) {
      out.append(i == 0 ? '[' : ',');
      out.append(triple(score.topTokens()[i], score.topLogs()[i], withText));
    }
    return out.append(']').toString();
  }

  /** The triple of a token that nothing predicts. */
  String unscored(int token, boolean withText) {
    return "[null," + token + "," + (withText ? JsonText.quoted(text(token)) : "null") + "]";
  }

  /** The triples of the ids that the request named. */
  String idTriples(List<Integer> ids, TokenScore score, boolean withText) {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < ids.size(); i++) {
      out.append(i == 0 ? "" : ",").append(triple(ids.get(i), score.idLogs()[i], withText));
    }
    return out.append(']').toString();
  }

  private String triple(int token, float log, boolean withText) {
    return "[" + number(log) + "," + token + ","
        + (withText ? JsonText.quoted(text(token)) : "null") + "]";
  }

  private static String number(float log) {
    return JsonText.number(log == Float.NEGATIVE_INFINITY ? IMPOSSIBLE : log);
  }

  private String text(int token) {
    return new String(bytes(token), StandardCharsets.UTF_8);
  }

  /** A model may have more ids than its tokenizer knows. */
  private byte[] bytes(int token) {
    return token < tokenizer.idLimit() ? tokenizer.tokenBytes(token) : new byte[0];
  }
}
