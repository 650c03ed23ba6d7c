package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The README's examples, run as printed against what {@code serve} starts without flags. */
class PrintedExamplesTest {
  private static final String PRINTED_URL = "http://127.0.0.1:30000";
  private static RunningNode node;
  private static String url;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.serve(LaunchWords.options("--port", "0"), System.err);
    url = "http://127.0.0.1:" + node.address().orElseThrow().getPort();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String shell(String command) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", command.replace(PRINTED_URL, url)).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue(), out);
    return out;
  }

  @Test
  void curlStreamsAThoughtAndTheRightAnswer() throws Exception {
    String out = shell(Readme.blocks("sh", "15% of 240").getFirst());

    assertTrue(out.contains("\"reasoning_content\":\""), out);
    assertTrue(joined(out, "content").contains("36"), out);
    assertTrue(out.endsWith("data: [DONE]\n\n"), out);
  }

  /** All texts of one key of a stream's deltas. */
  private static String joined(String events, String key) {
    return events
        .lines()
        .filter(line -> line.contains("\"" + key + "\":\""))
        .map(line -> line.replaceAll(".*\"" + key + "\":\"([^\"]*)\".*", "$1"))
        .collect(Collectors.joining());
  }

  @Test
  void curlGetsAToolCall() throws Exception {
    String out = shell(Readme.blocks("sh", "get_weather").getFirst());

    assertTrue(out.contains("\"name\":\"get_weather\""), out);
    assertTrue(out.contains("\"arguments\":\"{\\\"city\\\": \\\"Paris\\\"}\""), out);
    assertTrue(out.contains("\"finish_reason\":\"tool_calls\""), out);
  }

  @Test
  void officialJavaClientStreamsAsPrinted() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    printWith(new PrintStream(printed, true, StandardCharsets.UTF_8));

    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("15 / 100 * 240") && text.endsWith("36."), text);
  }

  private void printWith(PrintStream out) {
    // README
    OpenAIClient client =
        OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey("none").build();
    ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
        .model("understudy")
        .addUserMessage("Solve this problem step by step: What is 15% of 240?")
        .build();
    try (StreamResponse<ChatCompletionChunk> answer =
        client.chat().completions().createStreaming(question)) {
      answer.stream().flatMap(chunk -> chunk.choices().stream()).forEach(choice -> {
        JsonValue thought = choice.delta()._additionalProperties().get("reasoning_content");
        if (thought != null) {
          out.print(thought.asString().orElse(""));
        }
        out.print(choice.delta().content().orElse(""));
      });
    }
    // README end
  }

  @Test
  void printedJavaIsWhatIsTestedHere() throws Exception {
    String source = Files.readString(Readme.root()
        .resolve("cluster-config/src/test/java/"
            + PrintedExamplesTest.class.getName().replace('.', '/') + ".java"));
    String tested = source.substring(
        source.indexOf("// README\n") + "// README\n".length(), source.indexOf("// README end"));

    String printed = Readme.blocks("java", "createStreaming").getFirst();

    assertEquals(
        unspaced(tested
            .replace("url + \"/v1\"", "\"" + PRINTED_URL + "/v1\"")
            .replace("out.print", "System.out.print")),
        unspaced(printed));
  }

  /** Code without its layout, which a formatter may change. */
  private static String unspaced(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void officialJavaClientGetsAWholeAnswer() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey("none").build();

    ChatCompletion answer = client
        .chat()
        .completions()
        .create(ChatCompletionCreateParams.builder()
            .model("understudy")
            .addUserMessage("Who are you?")
            .build());

    String content = answer.choices().getFirst().message().content().orElseThrow();
    assertTrue(content.toLowerCase(Locale.ROOT).contains("understudy"), content);
  }

  @Test
  void jdkClientAtItsDefaultsKeepsItsBody() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(
            "{\"model\":\"understudy\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}"))
        .build();

    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }
}
