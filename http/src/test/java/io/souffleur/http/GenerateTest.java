package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.FinishReason;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GenerateTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static JsonNode generate(String body) {
    HttpResponse<String> response = served.post("/generate", body);
    assertEquals(200, response.statusCode(), response.body());
    return Served.json(response.body());
  }

  @Test
  void answersWithTextIdsAndMetaInfo() {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("\"hi\"", 2);
      submission.finish(FinishReason.STOP, ScriptedEngine.STOP, 3);
    };

    JsonNode answer = generate("{\"text\": \"The\", \"rid\": \"r1\"}");

    assertEquals("\"hi\"", answer.path("text").textValue());
    assertEquals("[34,104,105,34]", answer.path("output_ids").toString());
    JsonNode meta = answer.path("meta_info");
    assertEquals("r1", meta.path("id").textValue());
    assertEquals(
        "{\"type\":\"stop\",\"matched\":256}", meta.path("finish_reason").toString());
    assertEquals(3, meta.path("prompt_tokens").intValue());
    assertEquals(5, meta.path("completion_tokens").intValue());
    assertEquals(3, meta.path("cached_tokens").intValue());
    assertTrue(meta.path("e2e_latency").isDouble());
    assertEquals(128, served.engine.submissions.getLast().request().maxNewTokens());
  }

  @Test
  void takesIdsAndSamplingParams() {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("abc", 1);
      submission.finish(FinishReason.LENGTH, -1, 0);
    };

    JsonNode answer = generate("{\"input_ids\": [1, 2, 3], \"image_data\": [], \"lora_path\": null,"
        + " \"return_logprob\": false, \"sampling_params\": {\"max_new_tokens\": 3,"
        + " \"temperature\": 0, \"ignore_eos\": true, \"sampling_seed\": 9}}");

    assertEquals(
        "{\"type\":\"length\",\"length\":3}",
        answer.at("/meta_info/finish_reason").toString());
    assertEquals(3, ((PromptJob.Ids) served.engine.prompts.getLast()).ids().length);
    assertEquals(0f, served.engine.submissions.getLast().request().sampling().temperature());
    assertEquals(9, served.engine.submissions.getLast().request().sampling().seed());
  }

  @Test
  void streamsTheTextSoFar() {
    served.engine.script = submission -> submission.answer("abcdef", 2);

    List<String> events = Served.events(
        served.post("/generate", "{\"text\": \"x\", \"stream\": true}").body());

    assertEquals(
        List.of("ab", "abcd", "abcdef", "abcdef"),
        events.subList(0, events.size() - 1).stream()
            .map(event -> Served.json(event).path("text").textValue())
            .toList());
    assertEquals("[DONE]", events.getLast());
    assertTrue(Served.json(events.getFirst()).at("/meta_info/finish_reason").isNull());
    assertEquals(
        "stop",
        Served.json(events.get(events.size() - 2))
            .at("/meta_info/finish_reason/type")
            .textValue());
  }

  @Test
  void streamsOnlyNewTextWhenSetSo() {
    try (Served incremental = new Served("incremental-output = true")) {
      incremental.engine.script = submission -> submission.answer("abcdef", 4);

      List<String> events = Served.events(
          incremental.post("/generate", "{\"text\": \"x\", \"stream\": true}").body());

      assertEquals("abcd", Served.json(events.get(0)).path("text").textValue());
      assertEquals("ef", Served.json(events.get(1)).path("text").textValue());
    }
  }

  @Test
  void thoughtAndMarkupStayText() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("a</think><tool_call>", 4);

    assertEquals(
        "a</think><tool_call>", generate("{\"text\": \"x\"}").path("text").textValue());
    served.engine.promptTail = "";
  }

  @Test
  void refusesWithItsOwnEnvelope() {
    List<String[]> cases = List.of(
        new String[] {"{}", "text"},
        new String[] {"{\"text\": \"a\", \"input_ids\": [1]}", "both"},
        new String[] {"{\"text\": \"\"}", "text"},
        new String[] {"{\"text\": [\"a\", 5]}", "text[1]"},
        new String[] {"{\"text\": []}", "text"},
        new String[] {"{\"text\": 5}", "text"},
        new String[] {"{\"input_ids\": []}", "input_ids"},
        new String[] {"{\"input_ids\": [[1], []]}", "input_ids[1]"},
        new String[] {"{\"input_ids\": [[1], 2]}", "input_ids[1]"},
        new String[] {"{\"input_ids\": [257]}", "input_ids[0]"},
        new String[] {"{\"input_ids\": [\"a\"]}", "input_ids[0]"},
        new String[] {"{\"text\": \"a\", \"image_data\": \"x\"}", "image_data"},
        new String[] {"{\"text\": \"a\", \"return_logprob\": 1}", "return_logprob"},
        new String[] {"{\"text\": \"a\", \"top_logprobs_num\": 1}", "top_logprobs_num"},
        new String[] {"{\"text\": \"a\", \"logprob_start_len\": -2}", "logprob_start_len"},
        new String[] {"{\"text\": \"a\", \"sampling_params\": []}", "sampling_params"},
        new String[] {
          "{\"text\": \"a\", \"sampling_params\": {\"top_p\": 0}}", "sampling_params.top_p"
        },
        new String[] {"{\"text\": \"a\", \"sampling_params\": {\"n\": 129}}", "sampling_params.n"},
        new String[] {
          "{\"text\": \"a\", \"sampling_params\": {\"max_new_tokens\": -1}}",
          "sampling_params.max_new_tokens"
        });
    for (String[] each : cases) {
      HttpResponse<String> response = served.post("/generate", each[0]);
      assertEquals(400, response.statusCode(), each[0]);
      String message = Served.json(response.body()).at("/error/message").textValue();
      assertTrue(message.contains(each[1]), () -> each[0] + " gave " + message);
    }
  }

  @Test
  void aSessionThatDiesAnswersInTheSameEnvelope() {
    var before = served.engine.promptScript;
    served.engine.promptScript = job -> {
      throw new IllegalStateException("a bug");
    };
    HttpResponse<String> response = served.post("/generate", "{\"text\": [\"a\", \"b\"]}");
    served.engine.promptScript = before;

    assertEquals(500, response.statusCode(), response.body());
    assertTrue(Served.json(response.body()).at("/error/message").isTextual(), response.body());
  }
}
