package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.ModelCard;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the engine is asked, given the sampling fields of a body. */
class SamplingFieldsTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static SamplingSpec asked(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return served.engine.submissions.getLast().request().sampling();
  }

  @Test
  void penaltiesBiasAndLeastLengthOfAChatReachTheEngine() {
    SamplingSpec asked = asked(served.chat(
        ", \"frequency_penalty\": 0.5, \"presence_penalty\": -1, \"repetition_penalty\": 1.25,"
            + " \"logit_bias\": {\"7\": -100, \"5\": 1.5}, \"min_tokens\": 3, \"max_tokens\": 9"));

    var bias = List.of(new LogitRules.Bias(5, 1.5f), new LogitRules.Bias(7, -100));
    assertEquals(new LogitRules(0.5f, -1, 1.25f, 3, bias), asked.rules());
  }

  @Test
  void generateTakesTheSameRulesWithItsOwnNames() {
    SamplingSpec asked = asked(served.post(
        "/generate",
        "{\"text\": \"a\", \"sampling_params\": {\"min_new_tokens\": 128,"
            + " \"frequency_penalty\": 2}}"));

    assertEquals(new LogitRules(2, 0, 1, 128, List.of()), asked.rules());
  }

  @Test
  void silentRequestsHaveNoRules() {
    SamplingSpec asked = asked(served.chat(""));

    assertEquals(LogitRules.NONE, asked.rules());
    assertEquals(ScoreSpec.NONE, asked.scores());
  }

  @Test
  void theLeastLengthMayNotExceedTheLargest() {
    HttpResponse<String> response = served.chat(", \"min_tokens\": 4, \"max_tokens\": 3");

    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("min_tokens must be"), response.body());
  }

  @Test
  void chatsTakeWhatTheModelRecommendsAndRequestsWin() {
    var recommended = new ModelCard.SamplingDefaults(0.7f, 0.8f, 20, 0.05f, 1.05f);
    var engine = new ScriptedEngine(Optional.empty(), Optional.empty(), recommended);
    try (Served model = new Served("", engine)) {
      assertEquals(200, model.chat("").statusCode());
      SamplingSpec silent = engine.submissions.getLast().request().sampling();
      assertEquals(
          recommended,
          new ModelCard.SamplingDefaults(
              silent.temperature(),
              silent.topP(),
              silent.topK(),
              silent.minP(),
              silent.rules().repetitionPenalty()));

      model.chat(", \"repetition_penalty\": 1, \"top_k\": -1");
      SamplingSpec own = engine.submissions.getLast().request().sampling();
      assertEquals(LogitRules.NONE, own.rules());
      assertEquals(0, own.topK());

      model.post("/v1/completions", "{\"prompt\": \"a\"}");
      assertEquals(
          LogitRules.NONE, engine.submissions.getLast().request().sampling().rules());
    }
  }
}
