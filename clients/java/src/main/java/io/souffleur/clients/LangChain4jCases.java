package io.souffleur.clients;

import static io.souffleur.clients.Cases.check;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** LangChain4j's OpenAI models. */
final class LangChain4jCases {
  private static final String NAME = "langchain4j";
  private static final ToolSpecification TOOL = ToolSpecification.builder()
      .name("get_weather")
      .description("Get the current weather")
      .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build())
      .build();

  private final Cases cases;
  private final OpenAiChatModel whole;
  private final OpenAiStreamingChatModel streaming;

  LangChain4jCases(Cases cases) {
    this.cases = cases;
    this.whole = OpenAiChatModel.builder()
        .baseUrl(cases.url() + "/v1")
        .apiKey("none")
        .modelName(Cases.MODEL)
        .returnThinking(true)
        .maxRetries(0)
        .timeout(Cases.PATIENCE)
        .build();
    this.streaming = OpenAiStreamingChatModel.builder()
        .baseUrl(cases.url() + "/v1")
        .apiKey("none")
        .modelName(Cases.MODEL)
        .returnThinking(true)
        .timeout(Cases.PATIENCE)
        .build();
  }

  void run() {
    cases.run(NAME, "text", this::text);
    cases.run(NAME, "stream", this::stream);
    cases.run(NAME, "thinking", this::thinking);
    cases.run(NAME, "tools", this::tools);
    cases.run(NAME, "error", this::error);
    cases.run(NAME, "cancel", this::cancel);
  }

  private static ChatRequest.Builder ask(String question) {
    return ChatRequest.builder().messages(UserMessage.from(question));
  }

  private void text() {
    ChatResponse answer = whole.chat(ask(Cases.SUM).build());
    check(answer.aiMessage().text().contains("36"), answer);
    check(answer.tokenUsage().outputTokenCount() > 0, answer);
  }

  private void stream() throws Exception {
    Joined joined = streamed(ask(Cases.SUM).build());
    check(joined.text.toString().contains("36"), joined.text);
    check(joined.end.get().tokenUsage().outputTokenCount() > 0, joined.end);
  }

  private void thinking() throws Exception {
    String thought = whole.chat(ask(Cases.SUM).build()).aiMessage().thinking();
    check(thought != null && thought.contains("240"), thought);
    Joined joined = streamed(ask(Cases.SUM).build());
    check(joined.thought.toString().equals(thought), joined.thought);
  }

  private void tools() throws Exception {
    ChatRequest request = ask(Cases.WEATHER).toolSpecifications(TOOL).build();
    AiMessage called = whole.chat(request).aiMessage();
    checkCall(called);
    checkCall(streamed(request).end.get().aiMessage());

    ChatResponse answer = whole.chat(ChatRequest.builder()
        .messages(
            UserMessage.from(Cases.WEATHER),
            called,
            ToolExecutionResultMessage.from(called.toolExecutionRequests().getFirst(), "sunny"))
        .toolSpecifications(TOOL)
        .build());
    check(!answer.aiMessage().text().isBlank(), answer);
  }

  private static void checkCall(AiMessage message) {
    var call = message.toolExecutionRequests().getFirst();
    check(call.name().equals("get_weather"), call);
    check(call.arguments().replace(" ", "").equals("{\"city\":\"Paris\"}"), call);
  }

  private void error() {
    try {
      whole.chat(ask("x").temperature(-1.0).build());
    } catch (InvalidRequestException refused) {
      check(refused.getMessage().contains("temperature"), refused);
      return;
    }
    throw new AssertionError("a negative temperature was accepted");
  }

  private void cancel() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    Joined joined = new Joined() {
      @Override
      public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
        context.streamingHandle().cancel();
        cancelled.countDown();
      }
    };
    streaming.chat(
        ChatRequest.builder()
            .messages(UserMessage.from(Cases.SUM))
            .parameters(OpenAiChatRequestParameters.builder()
                .maxOutputTokens(Cases.ENDLESS_TOKENS)
                .customParameters(Map.of("ignore_eos", true))
                .build())
            .build(),
        joined);
    check(cancelled.await(Cases.PATIENCE.toSeconds(), TimeUnit.SECONDS), "no thought came");
    cases.awaitIdle();
    check(!joined.end.isDone(), joined.end);
  }

  private Joined streamed(ChatRequest request) throws Exception {
    Joined joined = new Joined();
    streaming.chat(request, joined);
    joined.end.get(Cases.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return joined;
  }

  /** A streamed answer, joined. */
  private static class Joined implements StreamingChatResponseHandler {
    final StringBuffer text = new StringBuffer();
    final StringBuffer thought = new StringBuffer();
    final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

    @Override
    public void onPartialResponse(String part) {
      text.append(part);
    }

    @Override
    public void onPartialThinking(PartialThinking part) {
      thought.append(part.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      end.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }
  }
}
