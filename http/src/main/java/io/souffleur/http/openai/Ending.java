package io.souffleur.http.openai;

import io.souffleur.http.stage.argument.JsonText;

/** Why an answer ended, in the words of the wire API. */
public sealed interface Ending {

  /** A stop token. */
  record StopToken(int id) implements Ending {}

  /** A stop string. */
  record StopString(String text) implements Ending {}

  /** The token limit of the request, or the context. */
  record Length(int tokens) implements Ending {}

  /** Somebody aborted the request. */
  record Aborted(String message) implements Ending {}

  /** The {@code finish_reason}; calls replace a stop, and only a stop. */
  default String reason(boolean calls) {
    return switch (this) {
      case StopToken stop -> calls ? "tool_calls" : "stop";
      case StopString stop -> calls ? "tool_calls" : "stop";
      case Length limit -> "length";
      case Aborted aborted -> "abort";
    };
  }

  /** JSON text of {@code matched_stop}: a token id, a string or null. */
  default String matchedStop() {
    return switch (this) {
      case StopToken(int id) -> Integer.toString(id);
      case StopString(String text) -> JsonText.quoted(text);
      case Length limit -> "null";
      case Aborted aborted -> "null";
    };
  }

  /** JSON text of the {@code finish_reason} of {@code /generate}. */
  default String detail() {
    return switch (this) {
      case StopToken stop -> stopDetail();
      case StopString stop -> stopDetail();
      case Length(int tokens) -> "{\"type\":\"length\",\"length\":" + tokens + "}";
      case Aborted(String message) ->
        "{\"type\":\"abort\",\"message\":" + JsonText.quoted(message) + "}";
    };
  }

  private String stopDetail() {
    return "{\"type\":\"stop\",\"matched\":" + matchedStop() + "}";
  }
}
