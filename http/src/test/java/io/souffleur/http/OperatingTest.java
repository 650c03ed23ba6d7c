package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.RequestId;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What operators read and do: facts, load, flush, abort. */
class OperatingTest {

  private static CompletableFuture<HttpResponse<String>> sent(
      Served served, String path, String body) {
    return served.client.sendAsync(
        served
            .request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** An engine whose aborts end requests, as the real one's do. */
  private static Served aborting() {
    ScriptedEngine engine = new ScriptedEngine(Optional.empty(), Optional.empty());
    engine.script = ScriptedEngine.Submission::accept;
    engine.onAbort = id -> engine.submissions.stream()
        .filter(submission -> submission.request().id().equals(id))
        .forEach(submission -> submission.finish(FinishReason.ABORT, -1, 0));
    return new Served("", engine);
  }

  private static HttpResponse<String> abort(Served served, String body) {
    return served.post("/abort_request", body);
  }

  @Test
  void abortsOneRequestByItsWholeId() {
    try (Served served = aborting()) {
      var one = sent(served, "/generate", "{\"text\": \"a\", \"rid\": \"job-1\"}");
      var other = sent(served, "/generate", "{\"text\": \"a\", \"rid\": \"job-10\"}");
      await().until(() -> served.engine.submissions.size() == 2);

      assertEquals(200, abort(served, "{\"rid\": \"job-\"}").statusCode());
      assertEquals(200, abort(served, "{\"rid\": \"job-1\"}").statusCode());
      assertEquals(
          "abort",
          Served.json(one.join().body()).at("/meta_info/finish_reason/type").textValue());
      assertFalse(other.isDone());
      assertEquals(List.of(new RequestId("job-1")), served.engine.aborts);

      assertEquals(200, abort(served, "{\"abort_all\": true, \"rid\": \"\"}").statusCode());
      assertEquals(200, other.join().statusCode());
    }
  }

  @Test
  void abortsAllPartsOfARequest() {
    try (Served served = aborting()) {
      var both = sent(served, "/v1/completions", "{\"prompt\": [\"a\", \"b\"], \"rid\": \"r\"}");
      await().until(() -> served.engine.submissions.size() == 2);

      assertEquals(200, abort(served, "{\"rid\": \"r\"}").statusCode());
      JsonNode answer = Served.json(both.join().body());
      assertEquals("abort", answer.at("/choices/0/finish_reason").textValue());
      assertEquals("abort", answer.at("/choices/1/finish_reason").textValue());
    }
  }

  @Test
  void anEmptyOrMissingIdNeverAbortsAll() {
    try (Served served = aborting()) {
      var running = sent(served, "/generate", "{\"text\": \"a\"}");
      await().until(() -> served.engine.submissions.size() == 1);
      for (String body : List.of(
          "{}",
          "{\"rid\": \"\"}",
          "{\"rid\": null}",
          "{\"rid\": \"\", \"abort_all\": false}",
          "{\"rid\": \"x\", \"abort_all\": true}",
          "{\"abort_all\": \"true\"}",
          "[]")) {
        HttpResponse<String> response = abort(served, body);
        assertEquals(400, response.statusCode(), body);
        assertEquals("error", Served.json(response.body()).path("object").textValue());
      }
      assertTrue(served.engine.aborts.isEmpty());
      served.engine.submissions.getFirst().finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      assertEquals(200, running.join().statusCode());
    }
  }

  @Test
  void tellsModelLaunchAndLoad() {
    try (Served served = new Served()) {
      JsonNode model = Served.json(served.get("/model_info").body());
      assertEquals("model", model.path("model_path").textValue());
      assertTrue(model.path("is_generation").booleanValue());
      assertEquals(model, Served.json(served.get("/get_model_info").body()));
      JsonNode server = Served.json(served.get("/server_info").body());
      assertTrue(server.at("/internal_states/0").isObject());
      assertEquals(4095, server.path("max_req_input_len").intValue());
      assertEquals(200, served.get("/get_server_info").statusCode());
      assertEquals(
          0, Served.json(served.get("/get_load").body()).at("/0/num_reqs").intValue());
      assertEquals(
          0,
          Served.json(served.get("/v1/loads").body()).at("/loads/0/num_tokens").intValue());
      assertEquals(200, served.get("/ping").statusCode());
    }
  }

  @Test
  void flushesOnlyWhenIdle() {
    try (Served served = new Served()) {
      assertTrue(served.get("/flush_cache").body().startsWith("Cache flushed."));
      assertEquals(1, served.engine.flushes.get());
      served.engine.running = 2;
      HttpResponse<String> busy = served.post("/flush_cache", "");
      assertEquals(400, busy.statusCode());
      assertTrue(busy.body().contains("2 requests run"), busy.body());
      assertEquals(1, served.engine.flushes.get());
    }
  }

  @Test
  void batchesOfGenerateAnswerInOrder() {
    try (Served served = new Served()) {
      served.engine.script = submission ->
          submission.answer(ScriptedEngine.textOf(submission.request().promptTokens()) + "!", 1);
      JsonNode answers = Served.json(served
          .post(
              "/generate",
              "{\"text\": [\"a\", \"b\"], \"rid\": [\"x\", \"y\"], \"sampling_params\":"
                  + " [{\"max_new_tokens\": 3}, {\"max_new_tokens\": 4}]}")
          .body());
      assertEquals("a!", answers.at("/0/text").textValue());
      assertEquals("b!", answers.at("/1/text").textValue());
      assertEquals("y", answers.at("/1/meta_info/id").textValue());
      List<Integer> most = new ArrayList<>();
      served.engine.submissions.forEach(each -> most.add(each.request().maxNewTokens()));
      assertEquals(List.of(3, 4), most.stream().sorted().toList());

      List<String> events = Served.events(served
          .post("/generate", "{\"input_ids\": [[97], [98]], \"stream\": true}")
          .body());
      assertEquals("[DONE]", events.removeLast());
      String[] last = new String[2];
      for (String event : events) {
        JsonNode chunk = Served.json(event);
        last[chunk.path("index").intValue()] = chunk.path("text").textValue();
      }
      assertEquals("a!", last[0]);
      assertEquals("b!", last[1]);
      assertTrue(
          Served.json(served.post("/generate", "{\"text\": [\"a\"]}").body()).isArray());
    }
  }
}
