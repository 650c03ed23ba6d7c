package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.TokenScore;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Log-probabilities in the shapes of the endpoints. */
class LogprobsTest {
  private static final TokenScore FIRST =
      new TokenScore('a', -0.5f, new int[] {'a', 'b'}, new float[] {-0.5f, -1.5f});
  private static final TokenScore SECOND = new TokenScore(
      0xC3, -2.25f, new int[] {'c', 0xC3}, new float[] {-0.25f, Float.NEGATIVE_INFINITY});
  private static final TokenScore THIRD =
      new TokenScore(0xA9, -1, new int[] {'c', 'd'}, new float[] {-0.25f, -3});
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
    served.engine.script = submission -> {
      submission.accept();
      for (TokenScore score : List.of(FIRST, SECOND, THIRD)) {
        boolean scored = submission.request().sampling().scored();
        submission
            .owner()
            .tell(new GenerationEvent.Tokens(
                submission.request().id(),
                ScriptedEngine.EPOCH,
                new int[] {score.token()},
                scored ? List.of(score) : List.of()));
      }
      submission.finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
    };
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static JsonNode ok(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return Served.json(response.body());
  }

  @Test
  void aChatChoiceCarriesTokensBytesAndTheLikeliest() {
    JsonNode answer = ok(served.chat(", \"logprobs\": true, \"top_logprobs\": 2"));

    assertEquals(
        2, served.engine.submissions.getLast().request().sampling().scores().top());
    assertEquals("aé", answer.at("/choices/0/message/content").textValue());
    JsonNode content = answer.at("/choices/0/logprobs/content");
    assertEquals(3, content.size());
    assertEquals(
        "{\"token\":\"a\",\"bytes\":[97],\"logprob\":-0.5,\"top_logprobs\":["
            + "{\"token\":\"a\",\"bytes\":[97],\"logprob\":-0.5},"
            + "{\"token\":\"b\",\"bytes\":[98],\"logprob\":-1.5}]}",
        content.get(0).toString());
    assertEquals("[195]", content.get(1).path("bytes").toString());
    assertEquals(-9999.0, content.at("/1/top_logprobs/1/logprob").doubleValue());
  }

  @Test
  void aChatWithoutLogprobsShowsNullAndAsksForNone() {
    JsonNode answer = ok(served.chat(""));

    assertTrue(answer.at("/choices/0/logprobs").isNull());
  }

  @Test
  void streamedChunksCarryTheNewTokensOnce() {
    HttpResponse<String> response = served.chat(", \"stream\": true, \"logprobs\": true");

    List<String> tokens = new ArrayList<>();
    for (JsonNode chunk : Streamed.of(response.body()).chunks()) {
      for (JsonNode entry : chunk.at("/choices/0/logprobs/content")) {
        tokens.add(entry.path("bytes").toString());
        assertEquals(2, entry.path("top_logprobs").size());
      }
    }
    assertEquals(List.of("[97]", "[195]", "[169]"), tokens);
  }

  @Test
  void generateShowsTriples() {
    JsonNode meta = ok(served.post(
            "/generate",
            "{\"text\": \"x\", \"return_logprob\": true, \"top_logprobs_num\": 2,"
                + " \"return_text_in_logprobs\": true}"))
        .path("meta_info");

    assertEquals("[-0.5,97,\"a\"]", meta.at("/output_token_logprobs/0").toString());
    assertEquals(
        "[[-0.5,97,\"a\"],[-1.5,98,\"b\"]]", meta.at("/output_top_logprobs/0").toString());
    assertEquals(3, meta.path("output_token_logprobs").size());
    assertEquals("[]", meta.path("input_token_logprobs").toString());
  }

  @Test
  void generateWithoutTextShowsNullAndWithoutLogprobsNothing() {
    JsonNode scored = ok(served.post("/generate", "{\"text\": \"x\", \"return_logprob\": true}"));
    assertEquals(
        "[-0.5,97,null]", scored.at("/meta_info/output_token_logprobs/0").toString());

    JsonNode plain = ok(served.post("/generate", "{\"text\": \"x\"}"));
    assertTrue(plain.at("/meta_info/output_token_logprobs").isMissingNode());
  }

  @Test
  void completionsHaveTheOldShape() {
    JsonNode logprobs = ok(served.post("/v1/completions", "{\"prompt\": \"x\", \"logprobs\": 2}"))
        .at("/choices/0/logprobs");

    assertEquals("[-1,-1,-1]", logprobs.path("text_offset").toString());
    assertEquals("[-0.5,-2.25,-1.0]", logprobs.path("token_logprobs").toString());
    assertEquals("a", logprobs.at("/tokens/0").textValue());
    assertEquals("{\"a\":-0.5,\"b\":-1.5}", logprobs.at("/top_logprobs/0").toString());
  }

  @Test
  void askingForTheLikeliestAloneIsRefused() {
    HttpResponse<String> chat = served.chat(", \"top_logprobs\": 2");
    assertEquals(400, chat.statusCode());
    assertTrue(chat.body().contains("top_logprobs needs logprobs"), chat.body());
    HttpResponse<String> generate =
        served.post("/generate", "{\"text\": \"x\", \"return_hidden_states\": true}");
    assertEquals(400, generate.statusCode());
    assertTrue(generate.body().contains("return_hidden_states"), generate.body());
  }
}
