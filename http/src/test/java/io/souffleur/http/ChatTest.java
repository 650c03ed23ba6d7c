package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatTest {
  private static final String TOOLS =
      ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"parameters\":"
          + " {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}}}]";
  private static final String CALL =
      "Sure.\n<tool_call>\n<function=get_weather>\n<parameter=city>\nWien\n</parameter>\n</function>\n"
          + "</tool_call>";

  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @BeforeEach
  void reset() {
    served.engine.promptTail = "";
    served.engine.script = submission -> submission.answer("ok", 1);
    served.engine.submissions.clear();
    served.engine.prompts.clear();
    served.engine.aborts.clear();
  }

  private static JsonNode whole(String fields) {
    HttpResponse<String> response = served.chat(fields);
    assertEquals(200, response.statusCode(), response.body());
    return Served.json(response.body());
  }

  private static Streamed stream(String fields) {
    HttpResponse<String> response = served.chat(", \"stream\": true" + fields);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals(
        "text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
    return Streamed.of(response.body());
  }

  private static GenerationRequest submitted() {
    return served.engine.submissions.getFirst().request();
  }

  @Test
  void answersWholeWithAllKeys() {
    served.engine.script = submission -> submission.answer("Grüße, 世界 😀", 1);

    JsonNode answer = whole("");

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
    served.engine.script = submission -> submission.answer("Hello world", 6);

    Streamed stream = stream(", \"stream_options\": {\"include_usage\": true}");

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
    served.engine.script = submission -> submission.answer("", 1);

    assertEquals("", whole("").at("/choices/0/message/content").textValue());
    Streamed stream = stream("");
    assertEquals("", stream.content());
    assertEquals("stop", stream.finishReason());
  }

  @Test
  void tellsThoughtFromAnswerWhenThePromptOpenedOne() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("I think.\n</think>\n\nhi", 5);

    JsonNode message = whole("").at("/choices/0/message");
    assertEquals("I think.\n", message.path("reasoning_content").textValue());
    assertEquals("hi", message.path("content").textValue());

    Streamed stream = stream("");
    assertEquals("I think.\n", stream.reasoning());
    assertEquals("\n\nhi", stream.content());
  }

  @Test
  void withoutAnOpenThoughtInThePromptTheAnswerIsContent() {
    served.engine.promptTail = "<think>\n\n</think>\n\n";
    served.engine.script = submission -> submission.answer("plain", 2);

    JsonNode message =
        whole(", \"chat_template_kwargs\": {\"enable_thinking\": true}").at("/choices/0/message");
    assertEquals("plain", message.path("content").textValue());
    assertTrue(message.path("reasoning_content").isNull());
  }

  @Test
  void aThoughtCutOffIsAllReasoning() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> {
      submission.accept();
      submission.text("still thinking", 3);
      submission.finish(FinishReason.LENGTH, -1, 0);
    };

    JsonNode answer = whole(", \"max_tokens\": 14");
    assertEquals(
        "still thinking", answer.at("/choices/0/message/reasoning_content").textValue());
    assertEquals("", answer.at("/choices/0/message/content").textValue());
    assertEquals("length", answer.at("/choices/0/finish_reason").textValue());
    assertTrue(answer.at("/choices/0/matched_stop").isNull());
    assertEquals(14, answer.at("/usage/reasoning_tokens").intValue());
  }

  @Test
  void leavesTheThoughtInTheContentWhenAskedTo() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("a</think>b", 4);

    assertEquals(
        "a</think>b",
        whole(", \"separate_reasoning\": false")
            .at("/choices/0/message/content")
            .textValue());
  }

  @Test
  void sendsTheThoughtAtOnceWhenItIsNotStreamed() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("a long thought</think>b", 2);

    Streamed stream = stream(", \"stream_reasoning\": false");
    assertEquals("a long thought", stream.reasoning());
    assertEquals(
        1,
        stream.chunks().stream()
            .filter(chunk -> chunk.at("/choices/0/delta/reasoning_content").isTextual())
            .count());
  }

  @Test
  void findsToolCalls() {
    served.engine.script = submission -> submission.answer(CALL, 7);

    JsonNode choice = whole(TOOLS).at("/choices/0");
    assertEquals("Sure.\n", choice.at("/message/content").textValue());
    assertEquals("tool_calls", choice.path("finish_reason").textValue());
    assertTrue(choice.path("matched_stop").isNull());
    JsonNode call = choice.at("/message/tool_calls/0");
    assertTrue(call.path("id").textValue().matches("call_[0-9a-f]{24}"), call::toString);
    assertEquals("get_weather", call.at("/function/name").textValue());
    assertEquals("{\"city\": \"Wien\"}", call.at("/function/arguments").textValue());

    Streamed stream = stream(TOOLS);
    assertEquals("Sure.\n", stream.content());
    assertEquals(List.of("get_weather"), stream.callNames());
    assertEquals("{\"city\": \"Wien\"}", stream.callArguments());
    assertEquals(List.of("", "{", "\"city\": \"Wien\"", "}"), stream.callFragments());
    assertEquals("tool_calls", stream.finishReason());
  }

  @Test
  void contentIsNullBesideCallsOnly() {
    served.engine.script = submission -> submission.answer(CALL.substring("Sure.\n".length()), 50);

    assertTrue(whole(TOOLS).at("/choices/0/message/content").isNull());
  }

  @Test
  void withoutToolsMarkupIsText() {
    served.engine.script = submission -> submission.answer(CALL, 7);

    assertEquals(CALL, whole("").at("/choices/0/message/content").textValue());
    assertEquals(
        CALL,
        whole(TOOLS + ", \"tool_choice\": \"none\"")
            .at("/choices/0/message/content")
            .textValue());
    PromptJob.Chat chat = (PromptJob.Chat) served.engine.prompts.getLast();
    assertTrue(chat.tools().isEmpty());
  }

  @Test
  void aParserOfAnotherFormIsNotThisOne() {
    ScriptedEngine engine = new ScriptedEngine(Optional.of("other"), Optional.of("qwen"));
    try (Served other = new Served("", engine)) {
      engine.script = submission -> submission.answer("a</think>" + CALL, 9);
      assertEquals(
          "a</think>" + CALL,
          Served.json(other.chat(TOOLS).body()).at("/choices/0/message/content").textValue());
    }
  }

  @Test
  void thoughtThenCall() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("hm\n</think>\n\n" + CALL, 3);

    Streamed stream = stream(TOOLS);
    assertEquals("hm\n", stream.reasoning());
    assertEquals("\n\nSure.\n", stream.content());
    assertEquals(List.of("get_weather"), stream.callNames());
  }

  @Test
  void endsAtAStopStringAndAbortsTheRest() {
    served.engine.script = submission -> {
      submission.accept();
      submission.text("one two STOP three", 2);
    };

    JsonNode answer = whole(", \"stop\": [\"STOP\"]");
    assertEquals("one two ", answer.at("/choices/0/message/content").textValue());
    assertEquals("stop", answer.at("/choices/0/finish_reason").textValue());
    assertEquals("STOP", answer.at("/choices/0/matched_stop").textValue());
    assertEquals(12, answer.at("/usage/completion_tokens").intValue());
    assertEquals(List.of(submitted().id()), served.engine.aborts);

    assertEquals("one two ", stream(", \"stop\": \" STOP\"").content() + " ");
    assertEquals(
        "one two STOP",
        whole(", \"stop\": \"STOP\", \"no_stop_trim\": true")
            .at("/choices/0/message/content")
            .textValue());
  }

  @Test
  void passesSamplingOn() {
    whole(", \"temperature\": 0.5, \"top_p\": 0.9, \"top_k\": 7, \"min_p\": 0.1, \"seed\": 42,"
        + " \"max_completion_tokens\": 33, \"max_tokens\": 44, \"stop_token_ids\": [65]");

    GenerationRequest request = submitted();
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
    whole(", \"ignore_eos\": true");

    assertEquals(
        ScriptedEngine.CONTEXT - submitted().promptTokens().length, submitted().maxNewTokens());
    assertEquals(List.of(), boxed(submitted().stopTokens()));
  }

  @Test
  void aMissingSeedFollowsFromTheRequestId() {
    whole(", \"rid\": \"same\"");
    whole(", \"rid\": \"same\"");
    whole(", \"rid\": \"other\"");

    long first = served.engine.submissions.get(0).request().sampling().seed();
    assertEquals(first, served.engine.submissions.get(1).request().sampling().seed());
    assertFalse(first == served.engine.submissions.get(2).request().sampling().seed());
  }

  @Test
  void templateArgumentsComeFromEffortAndKwargs() {
    whole(", \"reasoning_effort\": \"none\"");
    whole(
        ", \"reasoning_effort\": \"high\", \"chat_template_kwargs\": {\"enable_thinking\": false, \"x\": [1]}");

    assertEquals(
        Map.of("thinking", false, "enable_thinking", false),
        ((PromptJob.Chat) served.engine.prompts.get(0)).templateArguments());
    assertEquals(
        Map.of("thinking", true, "enable_thinking", false, "x", List.of(1L)),
        ((PromptJob.Chat) served.engine.prompts.get(1)).templateArguments());
  }

  @Test
  void historyReachesTheTemplateAsTrees() {
    HttpResponse<String> response = served.post("/v1/chat/completions", """
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
        ((PromptJob.Chat) served.engine.prompts.getFirst()).messages());
  }

  @Test
  void brokenUtf8BecomesReplacementCharacters() {
    served.engine.script = submission -> {
      submission.accept();
      submission.tokens(0xf0, 0x9f);
      submission.tokens(0x98);
      submission.tokens(0x80);
      submission.tokens('a', 0xe4);
      submission.finish(FinishReason.LENGTH, -1, 0);
    };

    assertEquals("😀a\ufffd", stream("").content());
  }

  @Test
  void stepsOfAnySizeGiveTheSameAnswer() {
    served.engine.promptTail = "<think>\n";
    String text = "Größe <3\n</think>\n\n" + CALL + "\nbye";
    served.engine.script = submission -> submission.answer(text, 1);
    Streamed first = stream(TOOLS);
    assertEquals("\n\nSure.\n\nbye", first.content());
    for (int size : new int[] {2, 3, 5, 8, 13, 21, 34, 1000}) {
      served.engine.script = submission -> submission.answer(text, size);
      Streamed next = stream(TOOLS);
      assertEquals(first.reasoning(), next.reasoning());
      assertEquals(first.content(), next.content());
      assertEquals(first.callNames(), next.callNames());
      assertEquals(first.callFragments(), next.callFragments());
      assertEquals(first.finishReason(), next.finishReason());
    }
  }

  @Test
  void usageInEveryChunkWhenAskedFor() {
    served.engine.script = submission -> submission.answer("abc", 1);

    Streamed stream =
        stream(", \"stream_options\": {\"continuous_usage_stats\": true, \"include_usage\": true}");
    assertTrue(stream.chunks().stream().allMatch(chunk -> chunk.path("usage").isObject()));
    assertEquals(1, stream.chunks().getFirst().at("/usage/completion_tokens").intValue());
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Test
  void continuesTheLastMessageWhereTheClientAsksForIt() {
    String messages = "{\"messages\": [{\"role\": \"user\", \"content\": \"Count\"},"
        + " {\"role\": \"assistant\", \"content\": \"%s\"}], \"continue_final_message\": true}";
    served.engine.script = submission -> submission.answer("t</think>a", 1);

    served.engine.promptTail = "<think>\n";
    JsonNode inThought = Served.json(
            served.post("/v1/chat/completions", messages.formatted("one")).body())
        .at("/choices/0/message");
    JsonNode behindThought = Served.json(served
            .post("/v1/chat/completions", messages.formatted("x</think>one"))
            .body())
        .at("/choices/0/message");
    served.engine.promptTail = "";
    JsonNode opened = Served.json(
            served.post("/v1/chat/completions", messages.formatted("<think>x")).body())
        .at("/choices/0/message");

    PromptJob.Chat chat = (PromptJob.Chat) served.engine.prompts.getLast();
    assertEquals("<think>x", chat.continuation());
    assertEquals(1, chat.messages().size());
    assertEquals("t", inThought.path("reasoning_content").textValue());
    assertEquals("a", inThought.path("content").textValue());
    assertEquals("t</think>a", behindThought.path("content").textValue());
    assertEquals("t", opened.path("reasoning_content").textValue());
  }
}
