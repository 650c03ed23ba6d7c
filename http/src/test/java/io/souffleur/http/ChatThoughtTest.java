package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.FinishReason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Thoughts, told from answers or left in them. */
class ChatThoughtTest {
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
  void tellsThoughtFromAnswerWhenThePromptOpenedOne() {
    chat.served.engine.promptTail = "<think>\n";
    chat.served.engine.script = submission -> submission.answer("I think.\n</think>\n\nhi", 5);

    JsonNode message = chat.whole("").at("/choices/0/message");
    assertEquals("I think.\n", message.path("reasoning_content").textValue());
    assertEquals("hi", message.path("content").textValue());

    Streamed stream = chat.stream("");
    assertEquals("I think.\n", stream.reasoning());
    assertEquals("\n\nhi", stream.content());
  }

  @Test
  void withoutAnOpenThoughtInThePromptTheAnswerIsContent() {
    chat.served.engine.promptTail = "<think>\n\n</think>\n\n";
    chat.served.engine.script = submission -> submission.answer("plain", 2);

    JsonNode message = chat.whole(", \"chat_template_kwargs\": {\"enable_thinking\": true}")
        .at("/choices/0/message");
    assertEquals("plain", message.path("content").textValue());
    assertTrue(message.path("reasoning_content").isNull());
  }

  @Test
  void aThoughtCutOffIsAllReasoning() {
    chat.served.engine.promptTail = "<think>\n";
    chat.served.engine.script = submission -> {
      submission.accept();
      submission.text("still thinking", 3);
      submission.finish(FinishReason.LENGTH, -1, 0);
    };

    JsonNode answer = chat.whole(", \"max_tokens\": 14");
    assertEquals(
        "still thinking", answer.at("/choices/0/message/reasoning_content").textValue());
    assertEquals("", answer.at("/choices/0/message/content").textValue());
    assertEquals("length", answer.at("/choices/0/finish_reason").textValue());
    assertTrue(answer.at("/choices/0/matched_stop").isNull());
    assertEquals(14, answer.at("/usage/reasoning_tokens").intValue());
  }

  @Test
  void leavesTheThoughtInTheContentWhenAskedTo() {
    chat.served.engine.promptTail = "<think>\n";
    chat.served.engine.script = submission -> submission.answer("a</think>b", 4);

    assertEquals(
        "a</think>b",
        chat.whole(", \"separate_reasoning\": false")
            .at("/choices/0/message/content")
            .textValue());
  }

  @Test
  void sendsTheThoughtAtOnceWhenItIsNotStreamed() {
    chat.served.engine.promptTail = "<think>\n";
    chat.served.engine.script = submission -> submission.answer("a long thought</think>b", 2);

    Streamed stream = chat.stream(", \"stream_reasoning\": false");
    assertEquals("a long thought", stream.reasoning());
    assertEquals(
        1,
        stream.chunks().stream()
            .filter(chunk -> chunk.at("/choices/0/delta/reasoning_content").isTextual())
            .count());
  }

  @Test
  void continuesTheLastMessageWhereTheClientAsksForIt() {
    String messages = "{\"messages\": [{\"role\": \"user\", \"content\": \"Count\"},"
        + " {\"role\": \"assistant\", \"content\": \"%s\"}], \"continue_final_message\": true}";
    chat.served.engine.script = submission -> submission.answer("t</think>a", 1);

    chat.served.engine.promptTail = "<think>\n";
    JsonNode inThought = Served.json(
            chat.served.post("/v1/chat/completions", messages.formatted("one")).body())
        .at("/choices/0/message");
    JsonNode behindThought = Served.json(chat.served
            .post("/v1/chat/completions", messages.formatted("x</think>one"))
            .body())
        .at("/choices/0/message");
    chat.served.engine.promptTail = "";
    JsonNode opened = Served.json(chat.served
            .post("/v1/chat/completions", messages.formatted("<think>x"))
            .body())
        .at("/choices/0/message");

    PromptJob.Chat prompt = (PromptJob.Chat) chat.served.engine.prompts.getLast();
    assertEquals("<think>x", prompt.continuation());
    assertEquals(1, prompt.messages().size());
    assertEquals("t", inThought.path("reasoning_content").textValue());
    assertEquals("a", inThought.path("content").textValue());
    assertEquals("t</think>a", behindThought.path("content").textValue());
    assertEquals("t", opened.path("reasoning_content").textValue());
  }
}
