package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.e2e.CacheTraffic.Answer;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats with the embedded model, sent as clients send them: what each turn has to compute. */
class CacheChatsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TURNS = 8;

  /** Messages with different words may share the name of their role and their first words. */
  private static final int HEADER = 8;

  private static final List<?> TOOLS = List.of(Map.of(
      "type",
      "function",
      "function",
      Map.of(
          "name",
          "get_weather",
          "description",
          "Get the weather of a city",
          "parameters",
          Map.of(
              "type",
              "object",
              "properties",
              Map.of("city", Map.of("type", "string")),
              "required",
              List.of("city")))));

  private static CacheTraffic traffic;

  @BeforeAll
  static void start() throws Exception {
    traffic = new CacheTraffic();
  }

  @AfterAll
  static void stop() {
    traffic.close();
  }

  /** A conversation that grows; knows the prompts that its server has seen. */
  private static final class Chat {
    /** As they go over the wire. */
    private final List<Map<String, Object>> messages = new ArrayList<>();

    /** As a template takes them: arguments of calls are maps, not text. */
    private final List<Map<String, Object>> trees = new ArrayList<>();

    private final String shape;
    private final boolean thinking;
    private final List<?> tools;
    private final List<int[]> seen = new ArrayList<>();

    Chat(String shape, boolean thinking, List<?> tools) {
      this.shape = shape;
      this.thinking = thinking;
      this.tools = tools;
    }

    void say(String role, String content) {
      add(Map.of("role", role, "content", content), Map.of("role", role, "content", content));
    }

    private void add(Map<String, Object> message, Map<String, Object> tree) {
      messages.add(message);
      trees.add(tree);
    }

    /** Forgets everything behind the first {@code count} messages, as another chat over them does. */
    void backTo(int count) {
      messages.subList(count, messages.size()).clear();
      trees.subList(count, trees.size()).clear();
    }

    /** Sends all of it; nothing may be computed that an earlier prompt of this chat shares. */
    JsonNode ask() {
      return ask(0);
    }

    /** The same, but for {@code slack} tokens. */
    JsonNode ask(int slack) {
      int[] prompt = prompt();
      int shared = seen.stream()
          .mapToInt(before -> {
            int mismatch = Arrays.mismatch(before, prompt);
            return mismatch < 0 ? prompt.length - 1 : mismatch;
          })
          .max()
          .orElse(0);
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("messages", messages);
      fields.put("cache_salt", shape);
      fields.put("temperature", 0);
      fields.put("max_tokens", 80);
      fields.put("chat_template_kwargs", Map.of("enable_thinking", thinking));
      if (!tools.isEmpty()) {
        fields.put("tools", tools);
      }
      Answer answer = traffic.chat(shape, fields);
      assertEquals(prompt.length, answer.promptTokens());
      assertTrue(
          answer.cachedTokens() >= shared - slack,
          () -> "turn " + seen.size() + " shares " + shared + " tokens: " + answer);
      seen.add(prompt);
      return answer.body().at("/choices/0/message");
    }

    private int[] prompt() {
      ChatTemplate template = traffic.node().model().text().chatTemplate().orElseThrow();
      Tokenizer tokenizer = traffic.node().model().text().tokenizer();
      return tokenizer.encode(
          template.render(trees, tools, true, Map.of("enable_thinking", thinking)));
    }

    /** Sends an answer back, with its call if it has one; {@code thought} keeps what it thought. */
    void answered(JsonNode message, boolean thought) {
      Map<String, Object> mine = new LinkedHashMap<>();
      mine.put("role", "assistant");
      mine.put("content", message.path("content").asText(""));
      if (thought && message.path("reasoning_content").isTextual()) {
        mine.put("reasoning_content", message.path("reasoning_content").textValue());
      }
      Map<String, Object> tree = new LinkedHashMap<>(mine);
      if (calls(message)) {
        JsonNode call = message.at("/tool_calls/0");
        mine.put("tool_calls", List.of(JSON.convertValue(call, Map.class)));
        tree.put(
            "tool_calls",
            List.of(Map.of(
                "type",
                "function",
                "function",
                Map.of(
                    "name",
                    call.at("/function/name").textValue(),
                    "arguments",
                    arguments(call.at("/function/arguments").textValue())))));
      }
      add(mine, tree);
    }

    private static Map<?, ?> arguments(String text) {
      try {
        return JSON.readValue(text, Map.class);
      } catch (JsonProcessingException broken) {
        throw new AssertionError(text, broken);
      }
    }
  }

  private static boolean calls(JsonNode message) {
    return message.path("tool_calls").size() > 0;
  }

  private static String question(int turn) {
    return "Here is some text that you need not read, number " + turn + ". "
        + "The weather was fine and nobody had anything to complain about. ".repeat(3)
        + "What is " + (10 + turn) + " + " + (200 + turn) + "?";
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachTurnOfAChatComputesWhatIsNew(boolean thinking) {
    Chat chat = new Chat("8-turn chat, thinking " + (thinking ? "on" : "off"), thinking, List.of());
    for (int turn = 0; turn < TURNS; turn++) {
      chat.say("user", question(turn));
      chat.answered(chat.ask(), false);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, false"})
  void eachTurnOfAToolLoopComputesWhatIsNew(boolean thinking, boolean thought) {
    Chat chat = new Chat(
        "tool loop, thinking " + (thinking ? "on" : "off")
            + (thought ? ", thoughts sent back" : ""),
        thinking,
        TOOLS);
    int loops = 0;
    for (String city : List.of("Paris", "Rome", "Oslo", "Tokyo")) {
      chat.say("user", "What is the weather in " + city + "?");
      JsonNode message = chat.ask();
      if (calls(message)) {
        loops++;
        chat.answered(message, thought);
        chat.say("tool", "{\"temperature\": 18, \"condition\": \"cloudy\"}");
        message = chat.ask();
      }
      chat.answered(message, thought);
    }
    assertTrue(loops >= 3, "the model called its tool " + loops + " times");
  }

  @Test
  void questionsUnderOneSystemPromptComputeThemselvesOnly() {
    Chat chat = new Chat("100 questions, one system prompt", true, List.of());
    chat.say(
        "system", "You are a helpful assistant. " + "Be kind and answer in a word. ".repeat(40));
    for (int i = 0; i < 100; i++) {
      chat.say("user", "Question " + i + ": what is " + i + " + " + (3 * i) + "?");
      chat.ask(HEADER);
      chat.backTo(1);
    }
  }

  @Test
  void aChangedLastExampleKeepsTheOthers() {
    Chat chat = new Chat("few-shot chat, last example changed", false, List.of());
    for (int i = 0; i < 9; i++) {
      chat.say("user", question(i));
      chat.say("assistant", "The answer is " + (210 + 2 * i) + ".");
    }
    for (String other : List.of("Twelve", "Dozens", "Some")) {
      chat.say("user", other + " of these. " + question(50));
      chat.say("assistant", "The answer is 310.");
      chat.say("user", question(99));
      chat.ask(HEADER);
      chat.backTo(18);
    }
  }
}
