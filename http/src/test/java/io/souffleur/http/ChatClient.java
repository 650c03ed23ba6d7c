package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.GenerationRequest;
import java.net.http.HttpResponse;

/** Asks a server with a scripted engine for chats, and expects them to be answered. */
final class ChatClient implements AutoCloseable {
  static final String TOOLS =
      ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"parameters\":"
          + " {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}}}]";
  static final String CALL =
      "Sure.\n<tool_call>\n<function=get_weather>\n<parameter=city>\nWien\n</parameter>\n</function>\n"
          + "</tool_call>";

  final Served served = new Served();

  /** The engine answers {@code ok} and has heard of nothing. */
  void reset() {
    served.engine.promptTail = "";
    served.engine.script = submission -> submission.answer("ok", 1);
    served.engine.submissions.clear();
    served.engine.prompts.clear();
    served.engine.aborts.clear();
  }

  JsonNode whole(String fields) {
    HttpResponse<String> response = served.chat(fields);
    assertEquals(200, response.statusCode(), response.body());
    return Served.json(response.body());
  }

  Streamed stream(String fields) {
    HttpResponse<String> response = served.chat(", \"stream\": true" + fields);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals(
        "text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
    return Streamed.of(response.body());
  }

  /** What the engine was asked first. */
  GenerationRequest submitted() {
    return served.engine.submissions.getFirst().request();
  }

  @Override
  public void close() {
    served.close();
  }
}
