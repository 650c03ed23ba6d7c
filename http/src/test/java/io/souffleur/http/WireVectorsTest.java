package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.FinishReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The recorded wire exchanges against the whole server: bodies and chunks as they are, with ids,
 * times and token counts left out of the comparison.
 *
 * <p>In chunks a null is the same as an absent key: SGLang writes nulls that the schema which OpenAI
 * publishes does not allow, so they are left out here. Bodies are compared with their nulls.
 */
class WireVectorsTest {

  @TestFactory
  Stream<DynamicTest> recordedExchangesMatch() throws IOException {
    JsonNode file;
    try (InputStream in = WireVectorsTest.class.getResourceAsStream("/parsers/wire-chat.json")) {
      file = new ObjectMapper().readTree(in);
    }
    List<JsonNode> vectors = new ArrayList<>();
    file.path("vectors").forEach(vectors::add);
    assertEquals(6, vectors.size());
    return vectors.stream()
        .map(vector -> DynamicTest.dynamicTest(vector.path("id").asText(), () -> check(vector)));
  }

  private static void check(JsonNode vector) {
    JsonNode expected = vector.at("/expect/A");
    if (expected.isMissingNode()) {
      expected = vector.at("/expect/B");
    }
    try (Served served = new Served("", engine(vector))) {
      HttpResponse<String> response =
          served.post("/v1/chat/completions", vector.path("request").toString());

      assertEquals(expected.path("status").intValue(), response.statusCode());
      if (expected.has("json")) {
        assertEquals(comparable(expected.path("json")), comparable(Served.json(response.body())));
      } else {
        List<JsonNode> recorded = new ArrayList<>();
        expected.path("sse").forEach(event -> recorded.add(event));
        Streamed theirs = new Streamed(recorded.subList(0, recorded.size() - 1).stream()
            .map(event -> Served.json(event.textValue()))
            .toList());
        compare(theirs, Streamed.of(response.body()));
      }
    }
  }

  private static void compare(Streamed theirs, Streamed ours) {
    assertEquals(merged(theirs), merged(ours));
  }

  /**
   * The chunks without their nulls, and with neighbours that carry text of one kind joined, since
   * the recorded pieces are those of another tokenizer.
   */
  private static List<JsonNode> merged(Streamed stream) {
    List<JsonNode> merged = new ArrayList<>();
    for (JsonNode chunk : stream.chunks()) {
      JsonNode next = withoutNulls(comparable(chunk));
      Optional<String> kind = textOnly(next);
      if (kind.isPresent() && !merged.isEmpty() && textOnly(merged.getLast()).equals(kind)) {
        ObjectNode before = (ObjectNode) merged.getLast().at("/choices/0/delta");
        String more = next.at("/choices/0/delta").path(kind.get()).textValue();
        before.put(kind.get(), before.path(kind.get()).textValue() + more);
      } else {
        merged.add(next);
      }
    }
    return merged;
  }

  /** The kind of text that is all a chunk's delta has. */
  private static Optional<String> textOnly(JsonNode chunk) {
    JsonNode delta = chunk.at("/choices/0/delta");
    return Stream.of("content", "reasoning_content")
        .filter(kind -> delta.size() == 1 && delta.has(kind))
        .findFirst();
  }

  private static JsonNode withoutNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(field -> field.getValue().isNull());
    }
    node.forEach(WireVectorsTest::withoutNulls);
    return node;
  }

  private static ScriptedEngine engine(JsonNode vector) {
    ScriptedEngine engine = new ScriptedEngine(
        Optional.ofNullable(vector.at("/server/reasoning_parser").textValue()),
        Optional.ofNullable(vector.at("/server/tool_call_parser").textValue()));
    boolean thinks = !vector.at("/server/template_thinking_default").isNull();
    engine.promptScript = job -> new PromptReply.Prepared(new int[25], thinks ? "<think>\n" : "");
    JsonNode reason = vector.path("finish_reason");
    engine.script = submission -> {
      submission.accept();
      submission.text(vector.path("model_output").textValue(), 3);
      if (reason.path("type").textValue().equals("stop")) {
        submission.finish(FinishReason.STOP, reason.path("matched").intValue(), 0);
      } else {
        submission.finish(FinishReason.LENGTH, -1, 0);
      }
    };
    return engine;
  }

  /** Without what differs from run to run, or counts tokens of another vocabulary. */
  private static JsonNode comparable(JsonNode answer) {
    JsonNode copy = answer.deepCopy();
    if (copy instanceof ObjectNode object) {
      object.remove(List.of("id", "created"));
      if (object.path("usage") instanceof ObjectNode usage) {
        usage.remove(List.of("total_tokens", "completion_tokens", "reasoning_tokens"));
      }
      for (String at : List.of("/choices/0/message", "/choices/0/delta")) {
        if (copy.at(at + "/tool_calls/0/id").isTextual()) {
          ((ObjectNode) copy.at(at + "/tool_calls/0")).put("id", "any");
        }
      }
    }
    return copy;
  }
}
