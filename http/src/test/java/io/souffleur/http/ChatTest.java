package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatTest {
  private static ChatClient chat;

  @BeforeAll
  static void start() {
    chat = new ChatClient();
  }

  @AfterAll
  static void stop() {
    chat.close();
  }

  @BeforeEach
  void reset() {
    chat.reset();
  }

  @Test
  void answersWholeWithAllKeys() {
    chat.served.engine.script = submission -> submission.answer("Grüße, 世界 😀", 1);

    JsonNode answer = chat.whole("");

    JsonNode choice = answer.path("choices").path(0);
    assertEquals("Grüße, 世界 😀", choice.path("message").path("content").textValue());
    assertTrue(choice.path("message").path("reasoning_content").isNull());
    assertTrue(choice.path("message").path("tool_calls").isNull());
    assertEquals("stop", choice.path("finish_reason").textValue());
    assertEquals(ScriptedEngine.STOP, choice.path("matched_stop").intValue());
    assertEquals("m", answer.path("model").textValue());
    assertEquals("default", answer.path("metadata").path("weight_version").textValue());
    assertEquals(
        List.of("id", "object", "created", "model", "choices", "usage", "metadata"),
        List.copyOf(answer.propertyStream().map(Map.Entry::getKey).toList()));
  }

  @Test
  void streamsRoleTextEndUsageAndDone() {
    chat.served.engine.script = submission -> submission.answer("Hello world", 6);

    Streamed stream = chat.stream(", \"stream_options\": {\"include_usage\": true}");

    assertEquals(
        "assistant", stream.chunks().getFirst().at("/choices/0/delta/role").textValue());
    assertEquals("Hello world", stream.content());
    assertEquals("stop", stream.finishReason());
    JsonNode usage = stream.chunks().getLast().path("usage");
    assertTrue(stream.chunks().getLast().path("choices").isEmpty());
    assertEquals(12, usage.path("completion_tokens").intValue());
    assertEquals(
        usage.path("prompt_tokens").intValue() + 12, usage.path("total_tokens").intValue());
    assertEquals(5, stream.chunks().size());
  }

  @Test
  void anEmptyAnswerIsAnEmptyString() {
    chat.served.engine.script = submission -> submission.answer("", 1);

    assertEquals("", chat.whole("").at("/choices/0/message/content").textValue());
    Streamed stream = chat.stream("");
    assertEquals("", stream.content());
    assertEquals("stop", stream.finishReason());
  }

  @Test
  void endsAtAStopStringAndAbortsTheRest() {
    chat.served.engine.script = submission -> {
      submission.accept();
      submission.text("one two STOP three", 2);
    };

    JsonNode answer = chat.whole(", \"stop\": [\"STOP\"]");
    assertEquals("one two ", answer.at("/choices/0/message/content").textValue());
    assertEquals("stop", answer.at("/choices/0/finish_reason").textValue());
    assertEquals("STOP", answer.at("/choices/0/matched_stop").textValue());
    assertEquals(12, answer.at("/usage/completion_tokens").intValue());
    assertEquals(List.of(chat.submitted().id()), chat.served.engine.aborts);

    assertEquals("one two ", chat.stream(", \"stop\": \" STOP\"").content() + " ");
    assertEquals(
        "one two STOP",
        chat.whole(", \"stop\": \"STOP\", \"no_stop_trim\": true")
            .at("/choices/0/message/content")
            .textValue());
  }

  @Test
  void brokenUtf8BecomesReplacementCharacters() {
    chat.served.engine.script = submission -> {
      submission.accept();
      submission.tokens(0xf0, 0x9f);
      submission.tokens(0x98);
      submission.tokens(0x80);
      submission.tokens('a', 0xe4);
      submission.finish(FinishReason.LENGTH, -1, 0);
    };

    assertEquals("😀a\ufffd", chat.stream("").content());
  }

  @Test
  void stepsOfAnySizeGiveTheSameAnswer() {
    chat.served.engine.promptTail = "<think>\n";
    String text = "Größe <3\n</think>\n\n" + ChatClient.CALL + "\nbye";
    chat.served.engine.script = submission -> submission.answer(text, 1);
    Streamed first = chat.stream(ChatClient.TOOLS);
    assertEquals("\n\nSure.\n\nbye", first.content());
    for (int size : new int[] {2, 3, 5, 8, 13, 21, 34, 1000}) {
      chat.served.engine.script = submission -> submission.answer(text, size);
      Streamed next = chat.stream(ChatClient.TOOLS);
      assertEquals(first.reasoning(), next.reasoning());
      assertEquals(first.content(), next.content());
      assertEquals(first.callNames(), next.callNames());
      assertEquals(first.callFragments(), next.callFragments());
      assertEquals(first.finishReason(), next.finishReason());
    }
  }

  @Test
  void usageInEveryChunkWhenAskedFor() {
    chat.served.engine.script = submission -> submission.answer("abc", 1);

    Streamed stream = chat.stream(
        ", \"stream_options\": {\"continuous_usage_stats\": true, \"include_usage\": true}");
    assertTrue(stream.chunks().stream().allMatch(chunk -> chunk.path("usage").isObject()));
    assertEquals(1, stream.chunks().getFirst().at("/usage/completion_tokens").intValue());
  }
}
