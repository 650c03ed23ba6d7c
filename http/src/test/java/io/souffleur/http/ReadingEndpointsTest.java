package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.EngineStatus;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadingEndpointsTest {

  @Test
  void listsTheServedModel() {
    try (Served served = new Served()) {
      JsonNode model = Served.json(served.get("/v1/models").body()).at("/data/0");
      assertEquals("test/model", model.path("id").textValue());
      assertEquals(4096, model.path("max_model_len").intValue());
      assertEquals(200, served.get("/v1/models/test/model").statusCode());
      assertEquals(200, served.get("/v1/models/test%2Fmodel").statusCode());
      assertEquals(200, served.get("//v1//models/").statusCode());
      assertEquals(404, served.get("/v1/models/other").statusCode());
      assertEquals(
          "model_not_found",
          Served.json(served.get("/v1/models/other").body()).at("/error/code").textValue());
    }
  }

  @Test
  void healthFollowsThePhaseAndNeverGenerates() {
    ScriptedEngine engine = new ScriptedEngine(Optional.empty(), Optional.empty());
    engine.phase = EngineStatus.Phase.STARTING;
    try (Served served = new Served("", engine)) {
      assertHealth(served, 503, 200, 503, 503);
      engine.phase = EngineStatus.Phase.FAILED;
      assertHealth(served, 503, 503, 503, 503);
    }
    engine.phase = EngineStatus.Phase.READY;
    try (Served served = new Served("", engine)) {
      assertHealth(served, 200, 200, 200, 200);
      assertEquals("", served.get("/health").body());
      engine.phase = EngineStatus.Phase.DRAINING;
      assertHealth(served, 503, 200, 503, 200);
      HttpRequest head = served
          .request("/health/live")
          .method("HEAD", HttpRequest.BodyPublishers.noBody())
          .build();
      assertEquals(200, served.send(head).statusCode());
    }
    assertTrue(engine.submissions.isEmpty() && engine.prompts.isEmpty());
  }

  private static void assertHealth(Served served, int health, int live, int ready, int started) {
    assertEquals(health, served.get("/health").statusCode());
    assertEquals(health, served.get("/health_generate").statusCode());
    assertEquals(live, served.get("/health/live").statusCode());
    assertEquals(ready, served.get("/health/ready").statusCode());
    assertEquals(started, served.get("/health/started").statusCode());
  }
}
