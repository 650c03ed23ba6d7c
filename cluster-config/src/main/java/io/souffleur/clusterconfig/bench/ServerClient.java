package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One server over HTTP. Safe for use by any number of threads; calls block. */
final class ServerClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SILENCE_MAX = Duration.ofHours(6);
  private static final long POLL_MILLIS = 250;
  private static final int OK = 200;
  private static final int ERROR_BYTES_MAX = 4_096;

  private final ServingOptions.Target target;
  private final Dialect dialect;
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(CONNECT_TIMEOUT)
      .build();

  ServerClient(ServingOptions.Target target) {
    this.target = target;
    this.dialect = Dialect.of(target.backend());
  }

  /** @throws LaunchError when no request can be made from the address and the headers */
  void check() throws LaunchError {
    try {
      to("/", QUESTION_TIMEOUT).build();
    } catch (IllegalArgumentException refused) {
      throw new LaunchError("--base-url " + target.baseUrl() + " and the names of --header "
          + target.headers().keySet() + " make no request: " + refused.getMessage());
    }
  }

  /** Waits until the server lists its models; answers that list. */
  JsonNode awaitModels() throws LaunchError, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(target.readySecondsMax());
    JsonNode models = question("/v1/models");
    while (models.isMissingNode()) {
      if (System.nanoTime() >= deadline) {
        throw new LaunchError("no answer from " + target.baseUrl() + "/v1/models within "
            + target.readySecondsMax() + " s; is a server running there? --base-url, --host and"
            + " --port name another");
      }
      Thread.sleep(POLL_MILLIS);
      models = question("/v1/models");
    }
    return models;
  }

  /** The answer to a GET; missing when there is none, or none in JSON. */
  JsonNode question(String path) throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(to(path, QUESTION_TIMEOUT).GET().build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == OK ? json.readTree(answer.body()) : MissingNode.getInstance();
    } catch (JsonProcessingException notJson) {
      return MissingNode.getInstance();
    } catch (IOException unreachable) {
      return MissingNode.getInstance();
    }
  }

  /** Empties the server's prefix cache; false when it refuses. */
  boolean flushCache() throws InterruptedException {
    try {
      HttpRequest request = to("/flush_cache", QUESTION_TIMEOUT)
          .POST(HttpRequest.BodyPublishers.noBody())
          .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
    } catch (IOException unreachable) {
      return false;
    }
  }

  /** Sends one request and reads its whole answer; what goes wrong becomes the outcome's error. */
  Outcome send(BenchRequest request, String model) {
    byte[] body = dialect.body(request, target, model).getBytes(StandardCharsets.UTF_8);
    URI uri = URI.create(target.baseUrl() + dialect.path());
    long startNanos = System.nanoTime();
    try (HttpCall call = HttpCall.post(uri, headers(), body, (int) SILENCE_MAX.toMillis())) {
      if (call.status() != OK) {
        return Outcome.failed(
            refusal(call.status(), call.body()), startNanos, request.inputTokens());
      }
      return new AnswerReader(dialect, request, target.streams(), startNanos, System::nanoTime)
          .read(new AnswerLines(call.body(), AnswerLines.LINE_BYTES_MAX));
    } catch (IOException broken) {
      String reason = broken.getMessage() == null ? "" : ": " + broken.getMessage();
      return Outcome.failed(
          broken.getClass().getSimpleName() + reason, startNanos, request.inputTokens());
    }
  }

  private String refusal(int status, InputStream body) throws IOException {
    String text = new String(body.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8).strip();
    String message = text;
    try {
      JsonNode tree = json.readTree(text);
      message = tree.path("error").path("message").asText(tree.path("message").asText(text));
    } catch (JsonProcessingException plain) {
      // Some servers answer in plain text, which is as good.
      message = text;
    }
    return "HTTP " + status + (message.isEmpty() ? "" : ": " + AnswerReader.quoted(message));
  }

  private HttpRequest.Builder to(String path, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target.baseUrl() + path)).timeout(timeout);
    headers().forEach(request::setHeader);
    return request;
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    String key = System.getenv("OPENAI_API_KEY");
    if (key != null && !key.isEmpty()) {
      headers.put("Authorization", "Bearer " + key);
    }
    headers.putAll(target.headers());
    return headers;
  }

  @Override
  public void close() {
    http.close();
  }
}
