package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several answers to one prompt. */
class ChoicesTest {
  private Served served;

  @BeforeEach
  void start() {
    served = new Served();
    served.engine.script = submission ->
        submission.answer("answer " + submission.request().sampling().choice(), 3);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void aChatHasItsChoicesInOrderAndCountsThePromptOnce() {
    HttpResponse<String> response = served.chat(", \"n\": 3, \"seed\": 5");

    assertEquals(200, response.statusCode(), response.body());
    JsonNode answer = Served.json(response.body());
    assertEquals(3, answer.path("choices").size());
    for (int i = 0; i < 3; i++) {
      JsonNode choice = answer.path("choices").get(i);
      assertEquals(i, choice.path("index").intValue());
      assertEquals("answer " + i, choice.at("/message/content").textValue());
      assertEquals("stop", choice.path("finish_reason").textValue());
    }
    int prompt = served.engine.submissions.getFirst().request().promptTokens().length;
    assertEquals(prompt, answer.at("/usage/prompt_tokens").intValue());
    assertEquals(27, answer.at("/usage/completion_tokens").intValue());
    assertEquals(
        List.of(5L, 5L, 5L),
        served.engine.submissions.stream()
            .map(each -> each.request().sampling().seed())
            .toList());
  }

  @Test
  void streamedChoicesAreToldApartByTheirIndex() {
    HttpResponse<String> response =
        served.chat(", \"n\": 2, \"stream\": true, \"stream_options\": {\"include_usage\": true}");

    Map<Integer, String> texts = new HashMap<>();
    Map<Integer, String> ends = new HashMap<>();
    List<JsonNode> chunks = Streamed.of(response.body()).chunks();
    for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
      JsonNode choice = chunk.path("choices").get(0);
      int index = choice.path("index").intValue();
      texts.merge(index, choice.at("/delta/content").asText(""), String::concat);
      if (choice.path("finish_reason").isTextual()) {
        ends.put(index, choice.path("finish_reason").textValue());
      }
    }
    assertEquals(Map.of(0, "answer 0", 1, "answer 1"), texts);
    assertEquals(Map.of(0, "stop", 1, "stop"), ends);
    assertEquals(18, chunks.getLast().at("/usage/completion_tokens").intValue());
  }

  @Test
  void completionsAreOrderedByPromptThenChoice() {
    HttpResponse<String> response =
        served.post("/v1/completions", "{\"prompt\": [\"a\", \"bc\"], \"n\": 2}");

    assertEquals(200, response.statusCode(), response.body());
    JsonNode answer = Served.json(response.body());
    assertEquals(
        List.of("answer 0", "answer 1", "answer 0", "answer 1"),
        answer.path("choices").findValuesAsText("text"));
    assertEquals(3, answer.at("/usage/prompt_tokens").intValue());
  }

  @Test
  void generateAnswersWithAListWhenThereAreSeveral() {
    HttpResponse<String> response = served.post(
        "/generate", "{\"text\": \"a\", \"rid\": \"r\", \"sampling_params\": {\"n\": 2}}");

    assertEquals(200, response.statusCode(), response.body());
    JsonNode answer = Served.json(response.body());
    assertTrue(answer.isArray());
    assertEquals(List.of("answer 0", "answer 1"), answer.findValuesAsText("text"));
    assertEquals(List.of("r_0", "r_1"), answer.findValuesAsText("id"));
  }

  @Test
  void aChoiceThatFailsFailsTheWhole() {
    served.engine.script = submission -> {
      submission.accept();
      if (submission.request().sampling().choice() == 1) {
        submission.finish(FinishReason.NOT_FINITE, -1, 0);
      }
    };

    assertEquals(500, served.chat(", \"n\": 2").statusCode());
  }

  @Test
  void moreChoicesThanAllowedAreRefused() {
    HttpResponse<String> chat = served.chat(", \"n\": 129");
    assertEquals(400, chat.statusCode());
    assertTrue(chat.body().contains("128"), chat.body());
    HttpResponse<String> completion =
        served.post("/v1/completions", "{\"prompt\": [\"a\", \"b\", \"c\"], \"n\": 100}");
    assertEquals(400, completion.statusCode());
    assertTrue(completion.body().contains("256"), completion.body());
  }
}
