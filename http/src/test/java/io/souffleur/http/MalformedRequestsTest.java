package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.testkit.MalformedRequests;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MalformedRequestsTest {
  /**
   * Besides the field a message has what is allowed and what was found: the value, the count, the place
   * of a mistake in the JSON; or what is needed where there is nothing.
   */
  private static final Pattern SAYS_WHY = Pattern.compile("must .+, got ."
      + "|accepts only .+ here, got ."
      + "|takes token ids from 0 to \\d+ as names, got ."
      + "|takes text only, got a part of type ."
      + "|needs logprobs to be true, got ."
      + "|is refused: ."
      + "|needs constrained decoding, which is not available yet; allowed are ."
      + "|is not valid JSON: Unexpected ."
      + "|is needed, got (neither|both)"
      + "|is required: ."
      + "|(must not|cannot) be empty"
      + "|has \\d+ entries, allowed are at most \\d+"
      + "|is a list of \\d+, but there (is one prompt|are \\d+ prompts)"
      + "|is given twice: ."
      + "|not valid Unicode: half a surrogate pair"
      + "|the body is empty; a JSON object is needed"
      + "|the body is not valid JSON at line \\d+, column \\d+: ."
      + "|the body is not valid JSON: .+\\(\\d+\\) exceeds the maximum allowed \\(\\d+\\)"
      + "|asks for \\d+ tokens, but the context length is \\d+"
      + "|\\d+ tokens\\) is longer than the model's context length \\(\\d+");

  /** Names of our own parts, which tell a client nothing. */
  private static final Pattern INSIDES =
      Pattern.compile("com\\.|java\\.|Jackson|Exception|Stream|Feature|REDACTED|\\bnull pointer");

  private static HttpResponse<String> send(Served served, MalformedRequests.Case each) {
    return served.send(served
        .request(each.path())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(each.body()))
        .build());
  }

  private static String message(String path, JsonNode body) {
    return path.equals("/generate")
        ? body.at("/error/message").textValue()
        : body.path("message").textValue();
  }

  @Test
  void everyMalformedRequestIsRefusedByNameAndChangesNothing() {
    try (Served served = new Served()) {
      served.engine.script = submission ->
          submission.answer(ScriptedEngine.textOf(submission.request().promptTokens()), 3);
      String canary = canary(served);
      List<String> wrong = new ArrayList<>();
      List<MalformedRequests.Case> all = MalformedRequests.all();
      for (MalformedRequests.Case each : all) {
        HttpResponse<String> response = send(served, each);
        String message = message(each.path(), Served.json(response.body()));
        boolean refused = response.statusCode() == each.status()
            && message != null
            && message.contains(each.named())
            && !each.named().isEmpty()
            && SAYS_WHY.matcher(message).find()
            && !INSIDES.matcher(message).find()
            && response.body().length() < 700;
        if (!refused) {
          wrong.add(each.shown() + " gave " + response.statusCode() + " " + response.body());
        }
      }
      assertEquals("", String.join("\n", wrong));
      assertTrue(all.size() >= 300, () -> all.size() + " cases");
      assertEquals(1, served.engine.submissions.size());
      assertEquals(canary, canary(served));
    }
  }

  private static String canary(Served served) {
    return Served.json(served.chat(", \"seed\": 1").body()).path("choices").toString();
  }

  @Test
  void headersDoNotChangeWhatIsRefused() {
    try (Served served = new Served()) {
      for (String path : List.of(
          "/v1/chat/completions", "/v1/completions", "/generate", "/tokenize", "/abort_request")) {
        for (String type : List.of("text/plain", "application/xml", "multipart/form-data")) {
          HttpResponse<String> response = served.send(served
              .request(path)
              .header("Content-Type", type)
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build());
          assertEquals(415, response.statusCode(), path + " " + type + response.body());
          String message = message(path, Served.json(response.body()));
          assertTrue(message.contains("application/json"), response.body());
        }
        assertEquals(405, served.get(path).statusCode(), path);
      }
      assertEquals(405, served.post("/metrics", "{}").statusCode());
      assertTrue(served.engine.submissions.isEmpty());
    }
  }
}
