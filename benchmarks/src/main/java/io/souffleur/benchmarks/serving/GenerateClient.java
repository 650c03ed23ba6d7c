package io.souffleur.benchmarks.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Streams of {@code /generate}, token ids in and out, greedy and without stop tokens. */
final class GenerateClient {
  /**
   * One finished stream.
   *
   * @param firstTokenNanos from sending to the first event
   * @param cachedTokens prompt tokens that the server did not compute
   */
  record Answer(long firstTokenNanos, int cachedTokens, List<Integer> tokens) {}

  private static final JsonMapper JSON = new JsonMapper();
  private static final String DATA = "data: ";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;

  GenerateClient(String url) {
    target = URI.create(url).resolve("/generate");
  }

  Answer ask(List<Integer> prompt, int outputTokens) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("stream", true);
    body.set("input_ids", JSON.valueToTree(prompt));
    body.set(
        "sampling_params",
        JSON.createObjectNode()
            .put("temperature", 0)
            .put("max_new_tokens", outputTokens)
            .put("ignore_eos", true));
    HttpRequest request = HttpRequest.newBuilder(target)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
    long sent = System.nanoTime();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException(response.statusCode() + ": "
          + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
    }
    return read(response.body(), sent);
  }

  private static Answer read(InputStream stream, long sent) throws IOException {
    long firstTokenNanos = 0;
    JsonNode last = JSON.createObjectNode();
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(DATA + "{")) {
          firstTokenNanos = firstTokenNanos == 0 ? System.nanoTime() - sent : firstTokenNanos;
          last = JSON.readTree(line.substring(DATA.length()));
        }
      }
    }
    if (last.has("error")) {
      throw new IOException(last.toString());
    }
    List<Integer> tokens =
        last.path("output_ids").valueStream().map(JsonNode::asInt).toList();
    int cached = last.path("meta_info").path("cached_tokens").asInt();
    return new Answer(firstTokenNanos, cached, tokens);
  }
}
