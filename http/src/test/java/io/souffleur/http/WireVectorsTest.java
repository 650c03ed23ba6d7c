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
 * The recorded wire exchanges against the whole server: the shape of bodies and chunks, with ids,
 * times and token counts left out of the comparison.
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
    assertEquals(theirs.content(), ours.content());
    assertEquals(theirs.reasoning(), ours.reasoning());
    assertEquals(theirs.callNames(), ours.callNames());
    assertEquals(theirs.callFragments(), ours.callFragments());
    assertEquals(theirs.finishReason(), ours.finishReason());
    assertEquals(
        comparable(theirs.chunks().getFirst()), comparable(ours.chunks().getFirst()));
    assertEquals(comparable(theirs.chunks().getLast()), comparable(ours.chunks().getLast()));
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
      if (copy.at("/choices/0/message/tool_calls/0") instanceof ObjectNode call) {
        call.remove("id");
      }
    }
    return copy;
  }
}
