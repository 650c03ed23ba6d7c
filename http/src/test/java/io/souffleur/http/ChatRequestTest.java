package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.GenerationRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of a chat request reaches the template and the engine. */
class ChatRequestTest {
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
  void passesSamplingOn() {
    chat.whole(", \"temperature\": 0.5, \"top_p\": 0.9, \"top_k\": 7, \"min_p\": 0.1, \"seed\": 42,"
        + " \"max_completion_tokens\": 33, \"max_tokens\": 44, \"stop_token_ids\": [65]");

    GenerationRequest request = chat.submitted();
    assertEquals(0.5f, request.sampling().temperature());
    assertEquals(0.9f, request.sampling().topP());
    assertEquals(7, request.sampling().topK());
    assertEquals(0.1f, request.sampling().minP());
    assertEquals(42, request.sampling().seed());
    assertEquals(33, request.maxNewTokens());
    assertEquals(List.of(ScriptedEngine.STOP, 65), boxed(request.stopTokens()));
  }

  @Test
  void withoutALimitTheContextIsTheLimit() {
    chat.whole(", \"ignore_eos\": true");

    assertEquals(
        ScriptedEngine.CONTEXT - chat.submitted().promptTokens().length,
        chat.submitted().maxNewTokens());
    assertEquals(List.of(), boxed(chat.submitted().stopTokens()));
  }

  @Test
  void aMissingSeedFollowsFromTheRequestId() {
    chat.whole(", \"rid\": \"same\"");
    chat.whole(", \"rid\": \"same\"");
    chat.whole(", \"rid\": \"other\"");

    long first = chat.served.engine.submissions.get(0).request().sampling().seed();
    assertEquals(
        first, chat.served.engine.submissions.get(1).request().sampling().seed());
    assertFalse(
        first == chat.served.engine.submissions.get(2).request().sampling().seed());
  }

  @Test
  void templateArgumentsComeFromEffortAndKwargs() {
    chat.whole(", \"reasoning_effort\": \"none\"");
    chat.whole(
        ", \"reasoning_effort\": \"high\", \"chat_template_kwargs\": {\"enable_thinking\": false, \"x\": [1]}");

    assertEquals(
        Map.of("thinking", false, "enable_thinking", false),
        ((PromptJob.Chat) chat.served.engine.prompts.get(0)).templateArguments());
    assertEquals(
        Map.of("thinking", true, "enable_thinking", false, "x", List.of(1L)),
        ((PromptJob.Chat) chat.served.engine.prompts.get(1)).templateArguments());
  }

  @Test
  void historyReachesTheTemplateAsTrees() {
    HttpResponse<String> response = chat.served.post("/v1/chat/completions", """
            {"messages": [
              {"role": "Developer", "content": "Be brief."},
              {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
              {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\\"x\\": 1.5}"}}]},
              {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}]},
              {"role": "user", "content": "so?"}]}""");

    assertEquals(200, response.statusCode(), response.body());
    assertEquals(
        List.of(
            Map.of("role", "system", "content", "Be brief."),
            Map.of("role", "user", "content", "a b"),
            Map.of(
                "role", "assistant",
                "content", "",
                "tool_calls",
                    List.of(Map.of(
                        "id", "c1",
                        "type", "function",
                        "function", Map.of("name", "f", "arguments", Map.of("x", 1.5))))),
            Map.of("role", "tool", "content", "42", "tool_call_id", "c1"),
            Map.of("role", "user", "content", "so?")),
        ((PromptJob.Chat) chat.served.engine.prompts.getFirst()).messages());
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
