package io.souffleur.clients;

import static io.souffleur.clients.Cases.check;

import java.util.List;
import java.util.Map;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;
import org.springframework.ai.retry.NonTransientAiException;

/** Spring AI's OpenAI model, without Spring's context. */
final class SpringAiCases {
  private static final String NAME = "spring-ai";
  private static final OpenAiApi.FunctionTool TOOL =
      new OpenAiApi.FunctionTool(new OpenAiApi.FunctionTool.Function(
          "Get the current weather",
          "get_weather",
          Map.of(
              "type", "object",
              "properties", Map.of("city", Map.of("type", "string")),
              "required", List.of("city")),
          null));

  private final Cases cases;
  private final OpenAiApi api;
  private final OpenAiChatModel model;

  SpringAiCases(Cases cases) {
    this.cases = cases;
    this.api = OpenAiApi.builder().baseUrl(cases.url()).apiKey("none").build();
    this.model = OpenAiChatModel.builder().openAiApi(api).build();
  }

  void run() {
    cases.run(NAME, "text", this::text);
    cases.run(NAME, "stream", this::stream);
    cases.run(NAME, "thinking", this::thinking);
    cases.run(NAME, "tools", this::tools);
    cases.run(NAME, "error", this::error);
    cases.run(NAME, "cancel", this::cancel);
  }

  private static OpenAiChatOptions.Builder options() {
    return OpenAiChatOptions.builder().model(Cases.MODEL);
  }

  private void text() {
    ChatResponse answer = model.call(new Prompt(Cases.SUM, options().build()));
    check(answer.getResult().getOutput().getText().contains("36"), answer);
    check(answer.getMetadata().getUsage().getCompletionTokens() > 0, answer);
  }

  private void stream() {
    check(streamed(options().build(), Cases.SUM).contains("36"), "no 36");
  }

  private String streamed(OpenAiChatOptions options, String question) {
    return String.join(
        "",
        model.stream(new Prompt(question, options))
            .flatMapIterable(ChatResponse::getResults)
            .mapNotNull(each -> each.getOutput().getText())
            .collectList()
            .block(Cases.PATIENCE));
  }

  /** The model above it drops the thought; the client's own messages have it. */
  private void thinking() {
    var question = new OpenAiApi.ChatCompletionMessage(
        Cases.SUM, OpenAiApi.ChatCompletionMessage.Role.USER);
    var request =
        new OpenAiApi.ChatCompletionRequest(List.of(question), Cases.MODEL, 1.0);
    String thought = api.chatCompletionEntity(request)
        .getBody()
        .choices()
        .getFirst()
        .message()
        .reasoningContent();
    check(thought != null && thought.contains("240"), thought);
  }

  private void tools() {
    OpenAiChatOptions options =
        options().tools(List.of(TOOL)).internalToolExecutionEnabled(false).build();
    checkCall(model.call(new Prompt(Cases.WEATHER, options)).getResult().getOutput());

    List<ChatResponse> parts =
        model.stream(new Prompt(Cases.WEATHER, options)).collectList().block(Cases.PATIENCE);
    checkCall(parts.stream()
        .filter(ChatResponse::hasToolCalls)
        .findFirst()
        .orElseThrow()
        .getResult()
        .getOutput());
  }

  private static void checkCall(AssistantMessage message) {
    AssistantMessage.ToolCall call = message.getToolCalls().getFirst();
    check(call.name().equals("get_weather"), call);
    check(call.arguments().replace(" ", "").equals("{\"city\":\"Paris\"}"), call);
  }

  private void error() {
    try {
      model.call(new Prompt("x", options().temperature(-1.0).build()));
    } catch (NonTransientAiException refused) {
      check(refused.getMessage().contains("temperature"), refused);
      return;
    }
    throw new AssertionError("a negative temperature was accepted");
  }

  private void cancel() throws Exception {
    OpenAiChatOptions endless = options()
        .maxTokens(Cases.ENDLESS_TOKENS)
        .extraBody(Map.of("ignore_eos", true))
        .build();
    long parts =
        model.stream(new Prompt(Cases.SUM, endless)).take(2).count().block(Cases.PATIENCE);
    check(parts == 2, parts);
    cases.awaitIdle();
  }
}
