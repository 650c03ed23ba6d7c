package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ChatRequest;
import io.souffleur.http.openai.ChatRequestReader;
import io.souffleur.http.openai.TextRequests;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.StageOptions;
import io.souffleur.http.stage.WholeAnswer;
import io.souffleur.http.stage.argument.JsonText;
import io.souffleur.http.stage.argument.ToolSchemas;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Endpoints that turn a body into an answer without the engine: tokens, and the parsers.
 *
 * <p>Long texts take their time: called on the prompt dispatcher. Safe for any thread.
 */
final class TextEndpoints {
  private final EngineClient client;
  private final TextRequests requests;
  private final ChatRequestReader chats;

  TextEndpoints(HttpSettings settings, EngineClient client) {
    this.client = client;
    this.requests = new TextRequests(settings.bodies().limits(), client.model());
    this.chats = new ChatRequestReader(settings.bodies().limits(), client.model());
  }

  String tokenize(byte[] body) {
    TextRequests.Tokenize request = requests.tokenize(body);
    Tokenizer tokenizer = client.text().tokenizer();
    List<int[]> prompts = request.texts().isEmpty()
        ? List.of(conversation(body))
        : request.texts().stream().map(tokenizer::encode).toList();
    List<String> lists = new ArrayList<>(prompts.size());
    List<String> counts = new ArrayList<>(prompts.size());
    for (int[] ids : prompts) {
      lists.add(Arrays.toString(ids).replace(" ", ""));
      counts.add(Integer.toString(ids.length));
    }
    return "{\"tokens\":" + joined(lists, request.list()) + ",\"count\":"
        + joined(counts, request.list()) + ",\"max_model_len\":"
        + client.model().contextTokens()
        + "}";
  }

  private int[] conversation(byte[] body) {
    ChatRequest chat = chats.read(body);
    Tokenizer tokenizer = client.text().tokenizer();
    return IntStream.concat(
            Arrays.stream(tokenizer.encode(rendered(chat))),
            Arrays.stream(tokenizer.encode(chat.continuation())))
        .toArray();
  }

  private String rendered(ChatRequest chat) {
    ChatTemplate template = client
        .text()
        .chatTemplate()
        .orElseThrow(() -> ApiException.invalid(
            "messages: the model has no chat template; send a prompt instead"));
    try {
      return template.render(
          Conversation.forTemplate(chat.messages(), client.text().chatTemplate()),
          chat.toolTrees(),
          true,
          chat.templateArguments());
    } catch (TemplateException refused) {
      throw new ApiException(400, "BadRequest", "messages: " + refused.getMessage());
    }
  }

  String detokenize(byte[] body) {
    TextRequests.Detokenize request = requests.detokenize(body);
    Tokenizer tokenizer = client.text().tokenizer();
    List<String> texts = new ArrayList<>(request.tokens().size());
    for (int[] ids : request.tokens()) {
      int[] known = Arrays.stream(ids).filter(id -> id < tokenizer.idLimit()).toArray();
      texts.add(JsonText.quoted(tokenizer.decode(known, request.skipSpecialTokens())));
    }
    return "{\"text\":" + joined(texts, request.list()) + "}";
  }

  String parseCalls(byte[] body) {
    TextRequests.Calls request = requests.calls(body);
    WholeAnswer answer = new WholeAnswer();
    run(
        StageOptions.PLAIN.withTools(ToolSchemas.of(request.tools()), request.parser()),
        request.text(),
        answer);
    List<String> calls = new ArrayList<>();
    for (WholeAnswer.Call call : answer.calls()) {
      calls.add("{\"tool_index\":" + call.index() + ",\"name\":" + JsonText.quoted(call.name())
          + ",\"parameters\":" + JsonText.quoted(call.arguments()) + "}");
    }
    return "{\"normal_text\":" + JsonText.quoted(answer.content(false)) + ",\"calls\":["
        + String.join(",", calls) + "]}";
  }

  String separateReasoning(byte[] body) {
    String text = requests.reasoning(body);
    WholeAnswer answer = new WholeAnswer();
    AnswerStages stages = run(StageOptions.PLAIN.withReasoning(false, true), text, answer);
    return "{\"reasoning_text\":" + JsonText.quoted(answer.reasoning(stages.thoughtClosed()))
        + ",\"text\":" + JsonText.quoted(answer.content(stages.thought())) + "}";
  }

  private static AnswerStages run(StageOptions options, String text, WholeAnswer answer) {
    AnswerStages stages = new AnswerStages(options);
    stages.accept(text, answer);
    stages.finish(answer);
    return stages;
  }

  private static String joined(List<String> values, boolean list) {
    return list ? "[" + String.join(",", values) + "]" : values.getFirst();
  }
}
