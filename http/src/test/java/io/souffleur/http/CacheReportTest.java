package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import org.junit.jupiter.api.Test;

class CacheReportTest {
  private static final GenerationEvent.Start START = new GenerationEvent.Start(4, 0);

  private static Served served(String settings) {
    Served served = new Served(settings);
    served.engine.script = submission -> {
      submission.accept();
      submission.started(START, 'o', 'k', '!');
      submission.finish(FinishReason.LENGTH, GenerationEvent.Finished.NO_STOP, 4);
    };
    return served;
  }

  private static JsonNode usage(Served served, String fields) {
    return Served.json(served.chat(fields).body()).path("usage");
  }

  @Test
  void chatsAndCompletionsReportWhenTheOperatorWantsIt() {
    try (Served served = served("cache-report = true")) {
      assertEquals(
          4, usage(served, "").at("/prompt_tokens_details/cached_tokens").intValue());
      assertEquals(
          4,
          Served.json(served.post("/v1/completions", "{\"prompt\": \"prompt\"}").body())
              .at("/usage/prompt_tokens_details/cached_tokens")
              .intValue());
    }
  }

  @Test
  void otherwiseOnlyGenerateReports() {
    try (Served served = served("")) {
      assertTrue(usage(served, "").path("prompt_tokens_details").isNull());
      assertEquals(
          4,
          Served.json(served.post("/generate", "{\"text\": \"prompt\"}").body())
              .at("/meta_info/cached_tokens")
              .intValue());
    }
  }

  @Test
  void answersThatAStopStringEndsReportToo() {
    try (Served served = served("cache-report = true")) {
      assertEquals(
          4,
          usage(served, ", \"stop\": \"k\"")
              .at("/prompt_tokens_details/cached_tokens")
              .intValue());
    }
  }

  @Test
  void streamsReportFromTheirFirstEventOn() {
    try (Served served = served("")) {
      String body =
          served.post("/generate", "{\"text\": \"prompt\", \"stream\": true}").body();
      JsonNode first = Served.json(body.substring("data: ".length(), body.indexOf('\n')));

      assertEquals(4, first.at("/meta_info/cached_tokens").intValue());
    }
  }
}
