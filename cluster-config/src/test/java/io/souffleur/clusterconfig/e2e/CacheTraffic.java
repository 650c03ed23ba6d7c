package io.souffleur.clusterconfig.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Requests to a server of this process, and what each of them found cached.
 *
 * <p>With the property {@code cache.table} the sums of each shape are printed as rows of a table.
 */
final class CacheTraffic implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * One answered request.
   *
   * @param body of the answer
   */
  record Answer(int promptTokens, int cachedTokens, JsonNode body) {
    int computedTokens() {
      return promptTokens - cachedTokens;
    }

    double hitRate() {
      return (double) cachedTokens / promptTokens;
    }
  }

  /** Sums of one shape of traffic. */
  private record Sums(int requests, long promptTokens, long cachedTokens) {
    Sums plus(Answer answer) {
      return new Sums(
          requests + 1, promptTokens + answer.promptTokens(), cachedTokens + answer.cachedTokens());
    }
  }

  private final RunningNode node;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Sums> shapes = new LinkedHashMap<>();

  /** @param words launch flags beside those that every test needs */
  CacheTraffic(String... words) throws Exception {
    String[] own = {"--isolation", "thread", "--port", "0", "--enable-cache-report"};
    node = RunningNode.serve(
        LaunchWords.options(
            Stream.concat(Arrays.stream(own), Arrays.stream(words)).toArray(String[]::new)),
        System.err);
  }

  RunningNode node() {
    return node;
  }

  /** One token behind ids, in a namespace of its own. */
  Answer ids(String shape, String namespace, int[] prompt) {
    ObjectNode body = JSON.createObjectNode();
    body.set("input_ids", JSON.valueToTree(prompt));
    body.put("extra_key", namespace);
    body.putObject("sampling_params").put("max_new_tokens", 1).put("temperature", 0);
    JsonNode answer = post("/generate", body);
    return noted(
        shape,
        new Answer(
            answer.at("/meta_info/prompt_tokens").intValue(),
            answer.at("/meta_info/cached_tokens").intValue(),
            answer));
  }

  /** A chat; {@code fields} is all of its body. */
  Answer chat(String shape, Map<String, ?> fields) {
    JsonNode answer = post("/v1/chat/completions", JSON.valueToTree(fields));
    return noted(
        shape,
        new Answer(
            answer.at("/usage/prompt_tokens").intValue(),
            answer.at("/usage/prompt_tokens_details/cached_tokens").asInt(0),
            answer));
  }

  private synchronized Answer noted(String shape, Answer answer) {
    shapes.merge(shape, new Sums(0, 0, 0).plus(answer), (sums, first) -> sums.plus(answer));
    return answer;
  }

  private JsonNode post(String path, JsonNode body) {
    int port = node.address().orElseThrow().getPort();
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()))
        .build();
    try {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(answer.statusCode() + " " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (Exception failed) {
      throw new AssertionError(path + " was not answered", failed);
    }
  }

  @Override
  public void close() {
    node.close();
    if (System.getProperty("cache.table") != null) {
      shapes.forEach((shape, sums) -> System.out.printf(
          "| %s | %,d | %,d | %,d | %.1f %% |%n",
          shape,
          sums.requests(),
          sums.promptTokens(),
          sums.promptTokens() - sums.cachedTokens(),
          100.0 * sums.cachedTokens() / sums.promptTokens()));
    }
  }
}
