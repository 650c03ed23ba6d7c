package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.http.ScriptedEngine.Submission;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client sees when the engine is rebuilt under its stream. */
class ResumeTest {
  private Served served;

  @BeforeEach
  void start() {
    served = new Served("resume-retry = 5ms");
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private static void lose(Submission submission) {
    submission.owner().tell(new GenerationEvent.EngineLost(submission.request().id(), 1));
  }

  @Test
  void theStreamGoesOnWithTheTokensItHas() {
    served.engine.script = submission -> {
      GenerationRequest request = submission.request();
      if (request.generatedPrefix().length == 0) {
        submission.accept();
        submission.text("Hello ", 3);
        lose(submission);
        return;
      }
      assertEquals("Hello ", ScriptedEngine.textOf(request.generatedPrefix()));
      var owner = submission.owner();
      owner.tell(new GenerationEvent.Accepted(request.id(), 2));
      owner.tell(new GenerationEvent.Tokens(request.id(), 1, new int[] {'!'}));
      owner.tell(new GenerationEvent.Tokens(request.id(), 2, new int[] {'y', 'o', 'u'}));
      owner.tell(new GenerationEvent.Finished(
          request.id(), 2, FinishReason.STOP, ScriptedEngine.STOP, 1, 4, 0));
    };

    Streamed stream = Streamed.of(served
        .chat(", \"seed\": 5, \"stream\": true, \"stream_options\": {\"include_usage\": true}")
        .body());

    assertEquals("Hello you", stream.content());
    assertEquals(10, stream.chunks().getLast().at("/usage/completion_tokens").intValue());
    assertEquals(
        served.engine.submissions.get(0).request().sampling(),
        served.engine.submissions.get(1).request().sampling());
    assertEquals(
        1,
        stream.chunks().stream()
            .filter(chunk -> chunk.at("/choices/0/delta/role").isTextual())
            .count());
  }

  @Test
  void waitsWhileTheEngineComesBack() {
    served.engine.script = submission -> {
      if (served.engine.submissions.size() == 1) {
        submission.accept();
        submission.text("a", 1);
        lose(submission);
      } else if (served.engine.submissions.size() < 5) {
        submission
            .owner()
            .tell(new GenerationEvent.Rejected(
                submission.request().id(), 0, RejectReason.NOT_READY, "starting"));
      } else {
        submission.answer("b", 1);
      }
    };

    assertEquals(
        "ab",
        Served.json(served.chat("").body()).at("/choices/0/message/content").textValue());
  }

  @Test
  void givesUpAfterTheLimit() {
    served.engine.script = submission -> {
      submission.accept();
      lose(submission);
    };

    HttpResponse<String> response = served.chat("");
    assertEquals(503, response.statusCode());
    assertEquals(3, served.engine.submissions.size());
    assertTrue(response.body().contains("3 times"), response.body());
  }
}
