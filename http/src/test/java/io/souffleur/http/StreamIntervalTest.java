package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However many tokens share an event, the joined answer is the same; the first token never waits. */
class StreamIntervalTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String TOOLS =
      ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\":"
          + " {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}}}]";
  private static final String CALL =
      "<tool_call>\n<function=f>\n<parameter=city>\nWien\n</parameter>\n</function>\n</tool_call>";
  private static final String THOUGHT = "Größe 😀?\n</think>\n\nSure.\n" + CALL;
  private static final String PLAIN = "0123456789";

  private static Served every(int tokens) {
    return new Served("stream-interval = " + tokens);
  }

  private static Streamed thoughtAndCall(int interval, int tokensPerStep) {
    try (Served served = every(interval)) {
      served.engine.promptTail = "<think>\n";
      served.engine.script = submission -> submission.answer(THOUGHT, tokensPerStep);
      return Streamed.of(served.chat(", \"stream\": true" + TOOLS).body());
    }
  }

  private static List<String> events(int interval, String path, String body) {
    try (Served served = every(interval)) {
      served.engine.script = submission -> submission.answer(PLAIN, 1);
      return Served.events(served.post(path, body).body());
    }
  }

  private static List<String> texts(List<String> events, String pointer) {
    return events.subList(0, events.size() - 1).stream()
        .map(event -> Served.json(event).at(pointer).textValue())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 1_000_000})
  void theJoinedAnswerDoesNotDependOnTheInterval(int interval) {
    Streamed each = thoughtAndCall(1, 1);
    Streamed joined = thoughtAndCall(interval, 1);

    assertEquals("Größe 😀?\n", joined.reasoning());
    assertEquals(each.reasoning(), joined.reasoning());
    assertEquals(each.content(), joined.content());
    assertEquals(each.callNames(), joined.callNames());
    assertEquals(each.callArguments(), joined.callArguments());
    assertEquals(each.finishReason(), joined.finishReason());
    assertTrue(joined.chunks().size() < each.chunks().size());
  }

  @Test
  void theStepsOfTheEngineMayBeLongerThanTheInterval() {
    Streamed joined = thoughtAndCall(3, 5);

    assertEquals(thoughtAndCall(1, 1).content(), joined.content());
    assertEquals("{\"city\": \"Wien\"}", joined.callArguments());
  }

  @Test
  void completionsShowTheFirstTokenThenOneChunkPerInterval() {
    List<String> events =
        events(4, "/v1/completions", "{\"prompt\": \"x\", \"stream\": true, \"max_tokens\": 99}");

    assertEquals(List.of("0", "1234", "5678", "9"), texts(events, "/choices/0/text"));
  }

  @Test
  void generateShowsTheTextSoFarWithItsIds() {
    List<String> events = events(4, "/generate", "{\"text\": \"x\", \"stream\": true}");

    assertEquals(List.of("0", "01234", "012345678", PLAIN), texts(events, "/text"));
    for (String event : events.subList(0, events.size() - 1)) {
      JsonNode shown = Served.json(event);
      assertEquals(
          shown.path("text").textValue().length(), shown.path("output_ids").size());
    }
  }

  @Test
  void generateShowsOnlyWhatIsNewWhenSetSo() {
    try (Served served = new Served("stream-interval = 4, incremental-output = true")) {
      served.engine.script = submission -> submission.answer(PLAIN, 1);
      List<String> events = Served.events(
          served.post("/generate", "{\"text\": \"x\", \"stream\": true}").body());

      assertEquals(List.of("0", "1234", "5678", "9"), texts(events, "/text"));
      assertEquals(
          List.of(1, 4, 4, 1),
          events.subList(0, 4).stream()
              .map(event -> Served.json(event).path("output_ids").size())
              .toList());
    }
  }

  @Test
  void theFirstTokenIsSentWhileTheEngineIsSilent() throws Exception {
    try (Served served = every(1_000);
        RawClient raw = new RawClient(served.port)) {
      served.engine.script = submission -> {
        submission.accept();
        submission.tokens('h');
      };
      raw.send(RawClient.post(
          CHAT,
          "",
          "{\"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}"));
      assertTrue(raw.readUntil("\"content\":\"h\"").contains("\"role\":\"assistant\""));

      var submission = served.engine.submissions.getFirst();
      submission.tokens('e', 'y');
      submission.finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      assertTrue(raw.readUntil("[DONE]\n\n").contains("\"content\":\"ey\""));
    }
  }

  @Test
  void aStopStringEndsTheAnswerInsideAnInterval() {
    try (Served served = every(1_000)) {
      served.engine.script = submission -> {
        submission.accept();
        submission.text("one two STOP three", 1);
      };
      Streamed stream =
          Streamed.of(served.chat(", \"stream\": true, \"stop\": \"STOP\"").body());

      assertEquals("one two ", stream.content());
      assertEquals("stop", stream.finishReason());
      await().until(() -> served.engine.aborts.size() == 1);
    }
  }

  @Test
  void scoresOfAllTokensAreShown() {
    ScriptedEngine engine = new ScriptedEngine(Optional.empty(), Optional.empty());
    try (Served served = new Served("stream-interval = 4", engine)) {
      engine.script = submission -> {
        submission.accept();
        for (char token : PLAIN.toCharArray()) {
          submission.scored(token, -0.5f);
        }
        submission.finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      };
      Streamed stream = Streamed.of(served
          .chat(", \"stream\": true, \"logprobs\": true, \"top_logprobs\": 0")
          .body());

      List<String> scored = stream.chunks().stream()
          .flatMap(chunk -> chunk.at("/choices/0/logprobs/content").valueStream())
          .map(score -> score.path("token").textValue())
          .toList();
      assertEquals(PLAIN, String.join("", scored));
      assertFalse(stream.content().isEmpty());
    }
  }
}
