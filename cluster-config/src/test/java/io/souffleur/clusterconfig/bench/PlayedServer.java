package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server that answers each path by a script, and remembers what it was asked. */
final class PlayedServer implements AutoCloseable {
  /** What is answered: streams have one piece per chunk. */
  record Answer(int status, List<String> pieces) {
    static Answer ok(String... pieces) {
      return new Answer(200, List.of(pieces));
    }
  }

  private final ObjectMapper json = new ObjectMapper();
  private final HttpServer server;
  private final Map<String, Function<JsonNode, Answer>> scripts = new ConcurrentHashMap<>();
  final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  final List<String> paths = new CopyOnWriteArrayList<>();

  PlayedServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    script("/v1/models", body -> Answer.ok("{\"data\":[{\"id\":\"understudy\"}]}"));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** @param script from the body of a request to its answer */
  void script(String path, Function<JsonNode, Answer> script) {
    scripts.put(path, script);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] sent = exchange.getRequestBody().readAllBytes();
      JsonNode body =
          json.readTree(sent.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : sent);
      paths.add(path);
      bodies.add(body);
      Answer answer = scripts
          .getOrDefault(path, missing -> new Answer(404, List.of("{\"detail\":\"Not Found\"}")))
          .apply(body);
      exchange.sendResponseHeaders(answer.status(), 0);
      for (String piece : answer.pieces()) {
        exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
