package io.souffleur.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RejectReason;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ErrorsTest {
  private Served served;

  @BeforeEach
  void start() {
    served = new Served("body-bytes-max = 64 KiB, api-key = \"\"");
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private static void assertEnvelope(HttpResponse<String> response, int status, String named) {
    assertEquals(status, response.statusCode(), response.body());
    JsonNode error = Served.json(response.body());
    assertEquals(
        List.of("object", "message", "type", "param", "code"),
        error.propertyStream().map(Map.Entry::getKey).toList());
    assertEquals(status, error.path("code").intValue());
    assertTrue(error.path("message").textValue().contains(named), response.body());
  }

  @Test
  void anUnknownPathIsNotFound() {
    assertEnvelope(served.get("/v1/nothing"), 404, "/v1/nothing");
    assertEnvelope(served.post("/v1/nothing", "{}"), 404, "/v1/nothing");
  }

  @Test
  void aWrongMethodIsRefusedWithTheRightOnes() {
    HttpResponse<String> response = served.get("/v1/chat/completions");
    assertEnvelope(response, 405, "POST");
    assertEquals("POST", response.headers().firstValue("Allow").orElse(""));
    assertEnvelope(served.post("/v1/models", "{}"), 405, "GET");
    assertEnvelope(served.post("/health", "{}"), 405, "GET");
  }

  @Test
  void aWrongContentTypeIsRefused() {
    HttpRequest request = served
        .request("/v1/chat/completions")
        .header("Content-Type", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString("{}"))
        .build();
    assertEnvelope(served.send(request), 415, "application/json");
  }

  @Test
  void anEncodedBodyIsRefused() {
    HttpRequest request = served
        .request("/v1/chat/completions")
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip")
        .POST(HttpRequest.BodyPublishers.ofString("{}"))
        .build();
    assertEnvelope(served.send(request), 415, "Content-Encoding");
  }

  @Test
  void aLargeBodyIsRefusedAnnouncedOrNot() {
    String body = "{\"messages\": \"" + "x".repeat(70_000) + "\"}";
    assertEnvelope(served.post("/v1/chat/completions", body), 413, "body-bytes-max = 65536");

    HttpRequest chunked = served
        .request("/v1/chat/completions")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofInputStream(
            () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
        .build();
    assertEnvelope(served.send(chunked), 413, "body-bytes-max = 65536");
  }

  @Test
  void refusalsOfTheEngineKeepTheirMeaning() {
    Map<RejectReason, Integer> statuses = Map.of(
        RejectReason.QUEUE_FULL, 429,
        RejectReason.TOO_LONG, 400,
        RejectReason.NEVER_FITS, 400,
        RejectReason.DUPLICATE_ID, 400,
        RejectReason.PRIORITY_OFF, 503,
        RejectReason.DRAINING, 503,
        RejectReason.NOT_READY, 503);
    assertEquals(RejectReason.values().length, statuses.size());
    statuses.forEach((reason, status) -> {
      served.engine.script = submission -> submission
          .owner()
          .tell(new GenerationEvent.Rejected(
              submission.request().id(), 0, reason, "because of " + reason));
      for (String stream : List.of("", ", \"stream\": true")) {
        HttpResponse<String> response = served.chat(stream);
        assertEnvelope(response, status, "because of " + reason);
        assertEquals(status == 429, response.headers().firstValue("Retry-After").isPresent());
      }
    });
  }

  @Test
  void refusalsOfThePromptKeepTheirMeaning() {
    served.engine.promptScript = job -> new PromptReply.TemplateRejected("no system message");
    assertEnvelope(served.chat(""), 400, "no system message");
    served.engine.promptScript = job -> new PromptReply.Malformed("it is empty");
    assertEnvelope(served.chat(""), 400, "it is empty");
    served.engine.promptScript = job -> new PromptReply.TooLong(5000, 4096);
    assertEnvelope(
        served.chat(""),
        400,
        "The input (5000 tokens) is longer than the model's context length (4096 tokens).");
    served.engine.promptScript = job -> new PromptReply.Busy(64);
    assertEnvelope(served.chat(""), 429, "64");
    served.engine.promptScript = job -> new PromptReply.WorkerFailed("boom");
    assertEnvelope(served.chat(""), 500, "Internal server error: boom");
  }

  @Test
  void anAnswerThatCannotFitNamesAllShares() {
    served.engine.promptScript = job -> new PromptReply.Prepared(new int[96], "");
    HttpResponse<String> response = served.chat(", \"max_tokens\": 4001");
    assertEnvelope(response, 400, "4097");
    assertTrue(response.body().contains("96 of the prompt"), response.body());
    assertTrue(response.body().contains("4001"), response.body());
    assertEquals(200, served.chat(", \"max_tokens\": 4000").statusCode());
  }

  @Test
  void anErrorBehindTheFirstTokenComesInTheStream() {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("some", 1);
      submission.finish(FinishReason.NOT_FINITE, -1, 0);
    };

    HttpResponse<String> whole = served.chat("");
    assertEnvelope(whole, 500, "not finite");
    HttpResponse<String> streamed = served.chat(", \"stream\": true");
    assertEquals(200, streamed.statusCode());
    List<String> events = Served.events(streamed.body());
    assertEquals("[DONE]", events.getLast());
    JsonNode error = Served.json(events.get(events.size() - 2)).path("error");
    assertEquals(500, error.path("code").intValue());
    assertTrue(error.path("message").textValue().contains("not finite"), error::toString);
  }

  @Test
  void aRequestWhosePlaceInTheQueueWasTakenIsToldToComeAgain() {
    served.engine.script = submission -> {
      submission.accept();
      submission.finish(FinishReason.DISPLACED, -1, 0);
    };

    assertEnvelope(served.chat(""), 503, "higher priority");
  }

  @Test
  void aRequestThatCrashesTheEngineIsToldSo() {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("some", 1);
      submission.finish(FinishReason.CRASHED, -1, 0);
    };

    assertEnvelope(served.chat(""), 500, "this request crashes the engine");
    List<String> events = Served.events(served.chat(", \"stream\": true").body());
    JsonNode error = Served.json(events.get(events.size() - 2)).path("error");
    assertTrue(error.path("message").textValue().contains("crashes the engine"), error::toString);
  }

  @Test
  void aSessionThatDiesStillAnswers() {
    served.engine.promptScript = job -> {
      throw new IllegalStateException("a bug");
    };
    assertEnvelope(served.chat(""), 500, "Internal server error");
    served.engine.promptScript = job -> new PromptReply.Prepared(new int[] {1}, "");
    assertEquals(200, served.chat("").statusCode());
  }

  @Test
  void anAbortedAnswerSaysSo() {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("so far", 2);
      submission.finish(FinishReason.ABORT, -1, 0);
    };
    JsonNode choice = Served.json(served.chat("").body()).at("/choices/0");
    assertEquals("abort", choice.path("finish_reason").textValue());
    assertEquals("so far", choice.at("/message/content").textValue());
  }

  @Test
  void theKeyGuardsAllButHealth() {
    try (Served guarded = new Served("api-key = secret")) {
      assertEquals(401, guarded.chat("").statusCode());
      assertEquals("{\"error\":\"Unauthorized\"}", guarded.get("/v1/models").body());
      assertEquals(200, guarded.get("/health").statusCode());
      HttpRequest wrong = guarded
          .request("/v1/models")
          .header("Authorization", "Bearer secre")
          .GET()
          .build();
      assertEquals(401, guarded.send(wrong).statusCode());
      HttpRequest right = guarded
          .request("/v1/models")
          .header("Authorization", "Bearer secret")
          .GET()
          .build();
      assertEquals(200, guarded.send(right).statusCode());
    }
  }

  @Test
  void theKeyIsNeverPrinted() {
    assertFalse(new HttpSettings.ApiKey("secret").toString().contains("secret"));
  }

  @Test
  void tooManyRequestsInWorkAreRefused() {
    try (Served small = new Served("sessions-max = 1")) {
      small.engine.script = ScriptedEngine.Submission::accept;
      var waiting = small.client.sendAsync(
          small
              .request("/v1/chat/completions")
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(
                  "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
      await().until(() -> small.engine.submissions.size() == 1);

      assertEnvelope(small.chat(""), 429, "sessions-max = 1");
      small.engine.submissions.getFirst().finish(FinishReason.STOP, ScriptedEngine.STOP, 0);
      assertEquals(200, waiting.join().statusCode());
      small.engine.script = submission -> submission.answer("ok", 1);
      assertEquals(200, small.chat("").statusCode());
    }
  }
}
