package io.souffleur.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/** A server on a free port with a scripted engine, and a JDK client with its defaults. */
final class Served implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  final ScriptedEngine engine;
  final ActorTestKit kit;
  final ActorRef<IngressServer.Command> server;
  final int port;
  final HttpClient client = HttpClient.newHttpClient();

  Served() {
    this("");
  }

  /** @param settings keys below {@code io.souffleur.http}, in HOCON */
  Served(String settings) {
    this(settings, new ScriptedEngine(Optional.of("qwen3"), Optional.of("qwen3_coder")));
  }

  Served(String settings, ScriptedEngine engine) {
    this.engine = engine;
    Config config = ConfigFactory.parseString("io.souffleur.http { port = 0\n" + settings + "\n}")
        .withFallback(ConfigFactory.load());
    this.kit = ActorTestKit.create("http-test", config);
    TestProbe<IngressServer.Event> listener = kit.createTestProbe();
    this.server = kit.spawn(
        IngressServer.create(HttpSettings.from(config), engine, ServerFacts.NONE, listener.ref()));
    this.port = listener
        .expectMessageClass(IngressServer.Listening.class, DEADLINE)
        .address()
        .getPort();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  /** All routes of a server with default settings. */
  static List<Route> routes() {
    HttpSettings settings = HttpSettings.from(ConfigFactory.load());
    ScriptedEngine engine = new ScriptedEngine(Optional.empty(), Optional.empty());
    return new Endpoints(
            settings,
            engine,
            ServerFacts.NONE,
            Clocks.SYSTEM,
            new ServerMetrics(engine, ServerFacts.NONE),
            new Handlers(settings, null, new Admission(1, 1), Runnable::run),
            null)
        .routes();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(DEADLINE);
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET().build());
  }

  HttpResponse<String> post(String path, String body) {
    return send(request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build());
  }

  /** Posts a chat with one user message and further fields, such as {@code , "seed": 1}. */
  HttpResponse<String> chat(String fields) {
    return post(
        "/v1/chat/completions",
        "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]" + fields
            + "}");
  }

  /** The {@code data:} payloads of a stream. */
  static List<String> events(String body) {
    List<String> events = new ArrayList<>();
    for (String event : body.split("\n\n")) {
      events.add(event.substring("data: ".length()));
    }
    return events;
  }

  @Override
  public void close() {
    client.close();
    kit.shutdownTestKit();
  }
}
