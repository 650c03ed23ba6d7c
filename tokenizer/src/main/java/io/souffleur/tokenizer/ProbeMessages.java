package io.souffleur.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Messages that nobody sent: how a conversation may go on. */
final class ProbeMessages {
  private static final String TEXT = "x";

  static final Map<String, Object> USER = Map.of("role", "user", "content", TEXT);
  private static final Map<String, Object> ANSWER = Map.of("role", "assistant", "content", TEXT);
  private static final Map<String, Object> RESULT =
      Map.of("role", "tool", "content", TEXT, "tool_call_id", TEXT, "name", TEXT);
  private static final Map<String, Object> CALL = Map.of(
      "id", TEXT, "type", "function", "function", Map.of("name", TEXT, "arguments", Map.of()));

  private ProbeMessages() {}

  /** An answer and the next question; with tools also a call and its result. */
  static List<List<?>> continuations(List<?> messages, List<?> tools) {
    List<List<?>> all = new ArrayList<>();
    all.add(with(messages, ANSWER, USER));
    if (!tools.isEmpty()) {
      all.add(with(messages, call(), RESULT));
    }
    return all;
  }

  /** Without its thought, as most clients send a call back. */
  private static Map<String, Object> call() {
    return Map.of("role", "assistant", "content", "", "tool_calls", List.of(CALL));
  }

  private static List<?> with(List<?> messages, Object... more) {
    List<Object> all = new ArrayList<>(messages);
    all.addAll(List.of(more));
    return all;
  }
}
