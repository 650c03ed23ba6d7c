package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official Java client, strict about responses, against the server. */
class OpenAiClientTest {
  private static Served served;
  private static OpenAIClient client;

  @BeforeAll
  static void start() {
    served = new Served();
    client = OpenAIOkHttpClient.builder()
        .baseUrl("http://127.0.0.1:" + served.port + "/v1")
        .apiKey("unused")
        .responseValidation(true)
        .maxRetries(0)
        .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    served.close();
  }

  private static ChatCompletionCreateParams.Builder question() {
    return ChatCompletionCreateParams.builder().model("test").addUserMessage("Hi");
  }

  private static FunctionDefinition weather() {
    return FunctionDefinition.builder()
        .name("get_weather")
        .parameters(FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
            .build())
        .build();
  }

  @Test
  void completesWithThoughtAndAnswer() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("I think.</think>\n\nhi", 3);

    ChatCompletion answer = client.chat().completions().create(question().build());

    assertEquals("hi", answer.choices().getFirst().message().content().orElse(""));
    assertEquals(
        "I think.",
        answer
            .choices()
            .getFirst()
            .message()
            ._additionalProperties()
            .get("reasoning_content")
            .asStringOrThrow());
    assertEquals(
        ChatCompletion.Choice.FinishReason.STOP, answer.choices().getFirst().finishReason());
    assertTrue(answer.usage().isPresent());
  }

  @Test
  void streamsAndAccumulatesToolCalls() {
    served.engine.promptTail = "";
    served.engine.script = submission -> submission.answer(
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nWien\n</parameter>\n"
            + "</function>\n</tool_call>",
        5);

    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks = client
        .chat()
        .completions()
        .createStreaming(question().addFunctionTool(weather()).build())) {
      chunks.stream().forEach(accumulator::accumulate);
    }

    ChatCompletion.Choice choice = accumulator.chatCompletion().choices().getFirst();
    assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, choice.finishReason());
    ChatCompletionMessageFunctionToolCall call =
        choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    assertEquals("get_weather", call.function().name());
    assertEquals("{\"city\": \"Wien\"}", call.function().arguments());
  }

  @Test
  void callsComeWholeToo() {
    served.engine.promptTail = "";
    served.engine.script = submission ->
        submission.answer("<tool_call>\n<function=get_weather>\n</function>\n</tool_call>", 5);

    ChatCompletion answer =
        client.chat().completions().create(question().addFunctionTool(weather()).build());

    assertEquals(
        "{}",
        answer
            .choices()
            .getFirst()
            .message()
            .toolCalls()
            .orElseThrow()
            .getFirst()
            .asFunction()
            .function()
            .arguments());
  }

  @Test
  void refusalsArriveAsTheClientsExceptions() {
    BadRequestException refusal = assertThrows(
        BadRequestException.class,
        () -> client.chat().completions().create(question().topP(7.0).build()));
    assertTrue(refusal.getMessage().contains("top_p"), refusal::getMessage);
  }

  @Test
  void listsModels() {
    assertEquals("test/model", client.models().list().data().getFirst().id());
    assertEquals("test/model", client.models().retrieve("test/model").id());
  }
}
