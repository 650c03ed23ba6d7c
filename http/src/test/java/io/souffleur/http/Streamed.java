package io.souffleur.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A streamed chat answer, joined. */
record Streamed(List<JsonNode> chunks) {

  /** Reads a whole event stream and checks that it ends as it must. */
  static Streamed of(String body) {
    List<String> events = Served.events(body);
    if (!events.getLast().equals("[DONE]")) {
      throw new AssertionError("no [DONE] at the end of " + body);
    }
    List<JsonNode> chunks = new ArrayList<>();
    events.subList(0, events.size() - 1).forEach(event -> chunks.add(Served.json(event)));
    return new Streamed(chunks);
  }

  String content() {
    return joined("content");
  }

  String reasoning() {
    return joined("reasoning_content");
  }

  String finishReason() {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/finish_reason"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .collect(Collectors.joining(","));
  }

  List<String> callNames() {
    return calls().stream()
        .map(call -> call.at("/function/name"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .toList();
  }

  List<String> callFragments() {
    return calls().stream()
        .map(call -> call.at("/function/arguments").textValue())
        .toList();
  }

  String callArguments() {
    return String.join("", callFragments());
  }

  private List<JsonNode> calls() {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/delta/tool_calls/0"))
        .filter(JsonNode::isObject)
        .toList();
  }

  private String joined(String field) {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/delta/" + field))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .collect(Collectors.joining());
  }
}
