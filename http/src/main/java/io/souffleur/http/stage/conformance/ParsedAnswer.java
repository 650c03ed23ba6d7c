package io.souffleur.http.stage.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.souffleur.http.stage.WholeAnswer;
import java.util.ArrayList;
import java.util.List;

/** What a parser made of a text, in the form in which vectors record it. */
record ParsedAnswer(String reasoning, String content, List<ParsedCall> calls) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** @param arguments parsed; text that is no JSON stays text, so that it can be compared at all */
  record ParsedCall(String name, JsonNode arguments) {}

  /** Reads {@code {reasoning_text, normal_text, calls}}; what is absent is empty. */
  static ParsedAnswer recorded(JsonNode node) {
    List<ParsedCall> calls = new ArrayList<>();
    for (JsonNode call : node.path("calls")) {
      calls.add(call(call.path("name").asText(), call.path("arguments").asText()));
    }
    return new ParsedAnswer(
        node.path("reasoning_text").asText(), node.path("normal_text").asText(), calls);
  }

  static ParsedAnswer of(String reasoning, String content, List<WholeAnswer.Call> calls) {
    return new ParsedAnswer(
        reasoning,
        content,
        calls.stream().map(call -> call(call.name(), call.arguments())).toList());
  }

  private static ParsedCall call(String name, String arguments) {
    try {
      return new ParsedCall(name, JSON.readTree(arguments));
    } catch (JsonProcessingException e) {
      return new ParsedCall(name, TextNode.valueOf(arguments));
    }
  }
}
