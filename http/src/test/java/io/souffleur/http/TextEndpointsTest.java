package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TextEndpointsTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static void assertAnswer(String path, String body, String answer) {
    HttpResponse<String> response = served.post(path, body);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals(answer, response.body());
  }

  @Test
  void tokenizesTextsAndConversations() {
    for (String path : List.of("/tokenize", "/v1/tokenize")) {
      assertAnswer(
          path,
          "{\"prompt\": \"ab\", \"add_special_tokens\": true}",
          "{\"tokens\":[97,98],\"count\":2,\"max_model_len\":4096}");
    }
    assertAnswer(
        "/tokenize",
        "{\"prompt\": [\"a\", \"\"]}",
        "{\"tokens\":[[97],[]],\"count\":[1,0],\"max_model_len\":4096}");
    HttpResponse<String> chat =
        served.post("/tokenize", "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}");
    assertEquals(
        "[{role=user, content=Hi}]".length(),
        Served.json(chat.body()).path("count").intValue());
  }

  @Test
  void detokenizes() {
    assertAnswer("/detokenize", "{\"tokens\": [97, 256, 98]}", "{\"text\":\"ab\"}");
    assertAnswer(
        "/v1/detokenize",
        "{\"tokens\": [97, 256], \"skip_special_tokens\": false}",
        "{\"text\":\"a<|im_end|>\"}");
    assertAnswer("/detokenize", "{\"tokens\": []}", "{\"text\":\"\"}");
    assertAnswer("/detokenize", "{\"tokens\": [[97], []]}", "{\"text\":[\"a\",\"\"]}");
  }

  @Test
  void parsesCallsWithEveryParser() {
    String tools = ", \"tools\": [{\"function\": {\"name\": \"f\"}}], \"tool_call_parser\": ";
    String call =
        "\"calls\":[{\"tool_index\":0,\"name\":\"f\",\"parameters\":\"{\\\"a\\\": 1}\"}]}";
    assertAnswer(
        "/parse_function_call",
        "{\"text\": \"x<tool_call>\\n{\\\"name\\\": \\\"f\\\", \\\"arguments\\\":"
            + " {\\\"a\\\":1}}\\n</tool_call>\"" + tools + "\"qwen25\"}",
        "{\"normal_text\":\"x\"," + call);
    assertAnswer(
        "/parse_function_call",
        "{\"text\": \"x<|action_start|> <|plugin|>\\n{\\\"name\\\": \\\"f\\\", \\\"parameters\\\":"
            + " {\\\"a\\\":1}}<|action_end|>\"" + tools + "\"interns1\"}",
        "{\"normal_text\":\"x\"," + call);
    assertAnswer(
        "/parse_function_call",
        "{\"text\": \"x<tool_call><function=f></function></tool_call>\"" + tools
            + "\"qwen3_coder\"}",
        "{\"normal_text\":\"x\",\"calls\":[{\"tool_index\":0,\"name\":\"f\",\"parameters\":"
            + "\"{}\"}]}");
  }

  @Test
  void separatesThoughts() {
    assertAnswer(
        "/separate_reasoning",
        "{\"text\": \"<think>t</think>a\", \"reasoning_parser\": \"qwen3\"}",
        "{\"reasoning_text\":\"t\",\"text\":\"a\"}");
    assertAnswer(
        "/separate_reasoning",
        "{\"text\": \"plain\", \"reasoning_parser\": \"interns1\"}",
        "{\"reasoning_text\":\"\",\"text\":\"plain\"}");
  }

  @Test
  void manyBrokenBlocksAreReadInTime() {
    String text = "<tool_call>{\\\\\\\"</tool_call>".repeat(20_000);
    HttpResponse<String> response = served.post(
        "/parse_function_call",
        "{\"text\": \"" + text
            + "\", \"tools\": [{\"function\": {\"name\": \"f\"}}], \"tool_call_parser\": \"qwen\"}");
    assertEquals(200, response.statusCode(), response.body());
    assertTrue(Served.json(response.body()).path("calls").isEmpty());
  }
}
