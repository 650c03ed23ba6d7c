package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.clusterconfig.e2e.CacheTraffic.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A chat that goes on after its server was started again. */
class TierChatTest {
  private static final int TURNS = 8;

  /** A state is kept in files every so many tokens at most, and a header may have changed. */
  private static final int SLACK = 32 + 8;

  @TempDir
  Path cache;

  private static Map<String, ?> body(List<Map<String, Object>> messages, boolean thinking) {
    return Map.of(
        "messages",
        messages,
        "temperature",
        0,
        "max_tokens",
        60,
        "cache_salt",
        "one tenant",
        "chat_template_kwargs",
        Map.of("enable_thinking", thinking));
  }

  private static Answer say(
      CacheTraffic traffic, List<Map<String, Object>> messages, int turn, boolean thinking) {
    messages.add(Map.of(
        "role",
        "user",
        "content",
        "Turn " + turn + ". " + "The weather was fine and nobody complained. ".repeat(4)
            + "What is " + (10 + turn) + " + " + (200 + turn) + "?"));
    Answer answer = traffic.chat("chat", body(messages, thinking));
    JsonNode message = answer.body().at("/choices/0/message");
    messages.add(Map.of("role", "assistant", "content", message.path("content").asText("")));
    return answer;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theNinthTurnHitsAfterARestart(boolean thinking) throws Exception {
    List<Map<String, Object>> messages = new ArrayList<>();
    Answer eighth = null;
    try (CacheTraffic traffic = new CacheTraffic("--cache-dir", cache.toString())) {
      for (int turn = 1; turn <= TURNS; turn++) {
        eighth = say(traffic, messages, turn, thinking);
      }
      TierCall.awaitWritten(traffic.node().client());
    }
    List<Map<String, Object>> elsewhere = new ArrayList<>(messages);

    Answer ninth;
    try (CacheTraffic traffic = new CacheTraffic("--cache-dir", cache.toString())) {
      ninth = say(traffic, messages, TURNS + 1, thinking);
    }

    assertTrue(
        ninth.cachedTokens() >= eighth.promptTokens() - SLACK,
        "cached " + ninth.cachedTokens() + " of " + ninth.promptTokens() + ", the turn before had "
            + eighth.promptTokens());
    try (CacheTraffic traffic = new CacheTraffic("--disable-radix-cache")) {
      Answer computed = say(traffic, elsewhere, TURNS + 1, thinking);
      assertEquals(0, computed.cachedTokens());
      assertEquals(messages, elsewhere);
    }
  }
}
