package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.e2e.CacheTraffic.Answer;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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

  /** Beyond its new tokens a turn may compute the rest of a header that a template changed. */
  private static final int SLACK = 8;

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
    final List<Map<String, Object>> messages = new ArrayList<>();
    private final String shape;
    private final String salt;
    private final boolean thinking;
    private final List<?> tools;
    private final List<int[]> seen = new ArrayList<>();
    private int mostComputedBeyondNew;

    Chat(String shape, boolean thinking, List<?> tools) {
      this.shape = shape;
      this.salt = shape;
      this.thinking = thinking;
      this.tools = tools;
    }

    void say(String role, String content) {
      messages.add(Map.of("role", role, "content", content));
    }

    /** Sends all of it; what is computed beyond the new tokens must stay below the slack. */
    JsonNode ask() {
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
      fields.put("cache_salt", salt);
      fields.put("temperature", 0);
      fields.put("max_tokens", 80);
      fields.put("chat_template_kwargs", Map.of("enable_thinking", thinking));
      if (!tools.isEmpty()) {
        fields.put("tools", tools);
      }
      Answer answer = traffic.chat(shape, fields);
      assertEquals(prompt.length, answer.promptTokens());
      assertTrue(
          answer.cachedTokens() >= shared - SLACK,
          () -> "turn " + seen.size() + " shares " + shared + " tokens: " + answer);
      mostComputedBeyondNew =
          Math.max(mostComputedBeyondNew, answer.computedTokens() - (prompt.length - shared));
      seen.add(prompt);
      return answer.body().at("/choices/0/message");
    }

    private int[] prompt() {
      ChatTemplate template = traffic.node().model().text().chatTemplate().orElseThrow();
      Tokenizer tokenizer = traffic.node().model().text().tokenizer();
      return tokenizer.encode(
          template.render(messages, tools, true, Map.of("enable_thinking", thinking)));
    }

    /** As the client has it: the arguments of calls are text on the wire and a map in a template. */
    void answered(JsonNode message, boolean withThought) {
      Map<String, Object> mine = new HashMap<>();
      mine.put("role", "assistant");
      mine.put("content", message.path("content").asText(""));
      if (withThought && message.path("reasoning_content").isTextual()) {
        mine.put("reasoning_content", message.path("reasoning_content").textValue());
      }
      messages.add(mine);
    }
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
      JsonNode message = chat.ask();
      chat.answered(message, thinking);
    }
  }
}
