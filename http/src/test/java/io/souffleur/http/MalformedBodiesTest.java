package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.testkit.MalformedBodies;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class MalformedBodiesTest {

  @Test
  void everyMalformedBodyIsRefusedByName() {
    try (Served served = new Served()) {
      for (MalformedBodies.Case each : MalformedBodies.all()) {
        HttpResponse<String> response = served.post("/v1/chat/completions", each.body());

        String where = each.body() + " gave " + response.body();
        assertEquals(each.status(), response.statusCode(), where);
        JsonNode error = Served.json(response.body());
        assertEquals("error", error.path("object").textValue(), where);
        assertEquals(each.status(), error.path("code").intValue(), where);
        assertTrue(error.path("param").isNull(), where);
        assertTrue(error.path("message").textValue().contains(each.named()), where);
      }
      assertTrue(MalformedBodies.all().size() >= 60);
      assertTrue(served.engine.submissions.isEmpty());
    }
  }

  @Test
  void messagesStayShortHoweverLongTheValue() {
    try (Served served = new Served()) {
      String body = served.chat(", \"stop\": {\"" + "x".repeat(900) + "\": 1}").body();
      assertTrue(body.length() < 500, body);
      body = served.chat(", \"temperature\": \"" + "x".repeat(100_000) + "\"").body();
      assertTrue(body.length() < 500, body);
    }
  }

  @Test
  void wideAndDeepBodiesAreReadInTime() {
    try (Served served = new Served()) {
      String key = "\"" + "k".repeat(1000) + "\": ";
      String deep = ("{" + key).repeat(50) + "[" + "1,".repeat(200_000) + "1]" + "}".repeat(50);
      assertEquals(200, served.chat(", \"made_up\": " + deep).statusCode());
      String schema = ("{\"properties\": {" + key).repeat(20);
      String wide = "{" + "\"a\": {}, ".repeat(20_000) + "\"b\": {}}";
      String tool = "{\"function\": {\"name\": \"f\", \"parameters\": " + schema
          + "{\"properties\": " + wide + "}" + "}}".repeat(20) + "}}";
      assertEquals(200, served.chat(", \"tools\": [" + tool + "]").statusCode());
    }
  }

  @Test
  void neutralValuesOfUnservedFieldsAreAccepted() {
    try (Served served = new Served()) {
      HttpResponse<String> response = served.chat(
          ", \"n\": 1, \"logprobs\": false, \"top_logprobs\": null, \"frequency_penalty\": 0,"
              + " \"presence_penalty\": 0.0, \"repetition_penalty\": 1.0, \"logit_bias\": {},"
              + " \"response_format\": {\"type\": \"text\"}, \"tool_choice\": \"auto\","
              + " \"min_tokens\": 0, \"user\": \"u\", \"store\": true, \"made_up\": [1, {}],"
              + " \"parallel_tool_calls\": true, \"stop\": null, \"max_tokens\": 16.0");

      assertEquals(200, response.statusCode(), response.body());
    }
  }
}
