package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompletionsTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @BeforeEach
  void answerWithTheOwnPrompt() {
    served.engine.submissions.clear();
    served.engine.aborts.clear();
    served.engine.script = submission -> submission.answer(
        "<" + ScriptedEngine.textOf(submission.request().promptTokens()) + ">", 1);
  }

  private static JsonNode complete(String body) {
    HttpResponse<String> response = served.post("/v1/completions", body);
    assertEquals(200, response.statusCode(), response.body());
    return Served.json(response.body());
  }

  private static List<String> texts(JsonNode answer) {
    List<String> texts = new ArrayList<>();
    answer.path("choices").forEach(choice -> texts.add(choice.path("text").textValue()));
    return texts;
  }

  @Test
  void answersOnePrompt() {
    JsonNode answer = complete("{\"model\": \"m\", \"prompt\": \"ab\", \"rid\": \"r1\"}");

    assertEquals("text_completion", answer.path("object").textValue());
    assertEquals("r1", answer.path("id").textValue());
    assertEquals("m", answer.path("model").textValue());
    assertEquals(List.of("<ab>"), texts(answer));
    assertEquals("stop", answer.at("/choices/0/finish_reason").textValue());
    assertEquals(256, answer.at("/choices/0/matched_stop").intValue());
    assertEquals(2, answer.at("/usage/prompt_tokens").intValue());
    assertEquals(5, answer.at("/usage/completion_tokens").intValue());
    assertEquals(16, served.engine.submissions.getFirst().request().maxNewTokens());
  }

  @Test
  void takesAllFormsOfPromptsAndKeepsTheirOrder() {
    assertEquals(List.of("<a>", "<b>"), texts(complete("{\"prompt\": [\"a\", \"b\"]}")));
    assertEquals(List.of("<ab>"), texts(complete("{\"prompt\": [97, 98]}")));
    JsonNode lists = complete("{\"prompt\": [[97], [98, 99]]}");
    assertEquals(List.of("<a>", "<bc>"), texts(lists));
    assertEquals(1, lists.at("/choices/1/index").intValue());
    assertEquals(3, lists.at("/usage/prompt_tokens").intValue());
  }

  @Test
  void echoesThePromptBeforeTheAnswer() {
    assertEquals(
        List.of("ab<ab>", "c<c>"),
        texts(complete("{\"prompt\": [\"ab\", \"c\"], \"echo\": true}")));
    assertEquals(List.of("ab<ab>"), texts(complete("{\"prompt\": [97, 98], \"echo\": true}")));
  }

  @Test
  void cutsAtStopStrings() {
    JsonNode answer = complete("{\"prompt\": \"abc\", \"stop\": \"b\"}");
    assertEquals(List.of("<a"), texts(answer));
    assertEquals("b", answer.at("/choices/0/matched_stop").textValue());
  }

  @Test
  void streamsTheSameTextPerChoice() {
    List<String> events = Served.events(served
        .post(
            "/v1/completions",
            "{\"prompt\": [\"ab\", \"cd\"], \"stream\": true, \"echo\": true,"
                + " \"stream_options\": {\"include_usage\": true}}")
        .body());

    assertEquals("[DONE]", events.removeLast());
    JsonNode usage = Served.json(events.removeLast());
    assertTrue(usage.path("choices").isEmpty());
    assertEquals(4, usage.at("/usage/prompt_tokens").intValue());
    StringBuilder[] texts = {new StringBuilder(), new StringBuilder()};
    int[] ends = new int[2];
    for (String event : events) {
      JsonNode chunk = Served.json(event);
      assertFalse(chunk.has("usage"), event);
      JsonNode choice = chunk.at("/choices/0");
      int index = choice.path("index").intValue();
      assertEquals(0, ends[index], "a chunk behind the end");
      texts[index].append(choice.path("text").textValue());
      ends[index] += choice.path("finish_reason").isNull() ? 0 : 1;
    }
    assertEquals("ab<ab>", texts[0].toString());
    assertEquals("cd<cd>", texts[1].toString());
    assertEquals(1, ends[0]);
    assertEquals(1, ends[1]);
  }

  @Test
  void oneRefusedPromptRefusesAll() {
    CompletableFuture<RequestId> taken = new CompletableFuture<>();
    served.engine.script = submission -> {
      GenerationRequest request = submission.request();
      if (request.promptTokens()[0] == 'a') {
        submission.accept();
        taken.complete(request.id());
      } else {
        var refusal =
            new GenerationEvent.Rejected(request.id(), 0, RejectReason.QUEUE_FULL, "full");
        taken.thenRun(() -> submission.owner().tell(refusal));
      }
    };
    HttpResponse<String> response =
        served.post("/v1/completions", "{\"prompt\": [\"a\", \"b\"], \"rid\": \"two\"}");

    assertEquals(429, response.statusCode(), response.body());
    assertTrue(response.headers().firstValue("Retry-After").isPresent());
    await()
        .atMost(Served.DEADLINE)
        .untilAsserted(() -> assertEquals(List.of(taken.join()), served.engine.aborts));
  }

  @Test
  void aPartThatDiesFailsTheWhole() {
    served.engine.script = submission -> {
      submission.accept();
      boolean bad = submission.request().promptTokens()[0] == 'b';
      submission.finish(bad ? FinishReason.NOT_FINITE : FinishReason.STOP, -1, 0);
    };
    assertEquals(
        500, served.post("/v1/completions", "{\"prompt\": [\"a\", \"b\"]}").statusCode());
  }
}
