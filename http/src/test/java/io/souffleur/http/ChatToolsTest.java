package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.PromptJob;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tool calls in answers. */
class ChatToolsTest {
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
  void findsToolCalls() {
    chat.served.engine.script = submission -> submission.answer(ChatClient.CALL, 7);

    JsonNode choice = chat.whole(ChatClient.TOOLS).at("/choices/0");
    assertEquals("Sure.\n", choice.at("/message/content").textValue());
    assertEquals("tool_calls", choice.path("finish_reason").textValue());
    assertTrue(choice.path("matched_stop").isNull());
    JsonNode call = choice.at("/message/tool_calls/0");
    assertTrue(call.path("id").textValue().matches("call_[0-9a-f]{24}"), call::toString);
    assertEquals("get_weather", call.at("/function/name").textValue());
    assertEquals("{\"city\": \"Wien\"}", call.at("/function/arguments").textValue());

    Streamed stream = chat.stream(ChatClient.TOOLS);
    assertEquals("Sure.\n", stream.content());
    assertEquals(List.of("get_weather"), stream.callNames());
    assertEquals("{\"city\": \"Wien\"}", stream.callArguments());
    assertEquals(List.of("", "{", "\"city\": \"Wien\"", "}"), stream.callFragments());
    assertEquals("tool_calls", stream.finishReason());
  }

  @Test
  void contentIsNullBesideCallsOnly() {
    chat.served.engine.script =
        submission -> submission.answer(ChatClient.CALL.substring("Sure.\n".length()), 50);

    assertTrue(chat.whole(ChatClient.TOOLS).at("/choices/0/message/content").isNull());
  }

  @Test
  void withoutToolsMarkupIsText() {
    chat.served.engine.script = submission -> submission.answer(ChatClient.CALL, 7);

    assertEquals(
        ChatClient.CALL, chat.whole("").at("/choices/0/message/content").textValue());
    assertEquals(
        ChatClient.CALL,
        chat.whole(ChatClient.TOOLS + ", \"tool_choice\": \"none\"")
            .at("/choices/0/message/content")
            .textValue());
    PromptJob.Chat prompt = (PromptJob.Chat) chat.served.engine.prompts.getLast();
    assertTrue(prompt.tools().isEmpty());
  }

  @Test
  void aParserOfAnotherFormIsNotThisOne() {
    ScriptedEngine engine = new ScriptedEngine(Optional.of("other"), Optional.of("qwen"));
    try (Served other = new Served("", engine)) {
      engine.script = submission -> submission.answer("a</think>" + ChatClient.CALL, 9);
      assertEquals(
          "a</think>" + ChatClient.CALL,
          Served.json(other.chat(ChatClient.TOOLS).body())
              .at("/choices/0/message/content")
              .textValue());
    }
  }

  @Test
  void thoughtThenCall() {
    chat.served.engine.promptTail = "<think>\n";
    chat.served.engine.script =
        submission -> submission.answer("hm\n</think>\n\n" + ChatClient.CALL, 3);

    Streamed stream = chat.stream(ChatClient.TOOLS);
    assertEquals("hm\n", stream.reasoning());
    assertEquals("\n\nSure.\n", stream.content());
    assertEquals(List.of("get_weather"), stream.callNames());
  }
}
