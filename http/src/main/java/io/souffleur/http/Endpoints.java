package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineStatus;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.AbortRequest;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.openai.JsonBody;
import io.souffleur.http.openai.ModelWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** The table of all routes, each with its methods, its role and the envelope of its errors. */
final class Endpoints {
  private static final String MODELS = "/v1/models";
  private static final List<String> GET = List.of("GET");
  private static final List<String> POST = List.of("POST");

  private final EngineClient client;
  private final Handlers handlers;
  private final Sessions sessions;
  private final HealthRoutes health;
  private final InfoEndpoints info;
  private final TextEndpoints text;
  private final Planner planner;
  private final ServerMetrics metrics;
  private final ModelWriter models;
  private final JsonBody json;

  Endpoints(
      HttpSettings settings,
      EngineClient client,
      ServerFacts facts,
      Clocks clocks,
      ServerMetrics metrics,
      Handlers handlers,
      Sessions sessions) {
    this.client = client;
    this.metrics = metrics;
    this.handlers = handlers;
    this.sessions = sessions;
    this.health = new HealthRoutes(client);
    this.info = new InfoEndpoints(client, facts);
    this.text = new TextEndpoints(settings, client);
    this.planner = new Planner(settings, client, clocks);
    this.models = new ModelWriter(client.model(), clocks.wall().instant().getEpochSecond());
    this.json = new JsonBody(settings.bodies().limits());
  }

  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String path : HealthRoutes.PATHS) {
      routes.add(read(path, Role.FREE, asked -> health.answer(asked).orElseThrow()));
    }
    routes.add(read("/metrics", Role.FREE, asked -> Responses.text(200, metrics.scrape())));
    routes.add(read("/ping", Role.USER, asked -> Responses.empty(200)));
    routes.add(read(MODELS, Role.USER, asked -> Responses.json(200, models.list())));
    routes.add(read(MODELS + "/*", Role.USER, this::model));
    for (String path : List.of("/model_info", "/get_model_info")) {
      routes.add(read(path, Role.USER, asked -> Responses.json(200, info.model())));
    }
    for (String path : List.of("/server_info", "/get_server_info")) {
      routes.add(read(path, Role.USER, asked -> Responses.json(200, info.server())));
    }
    routes.add(read("/get_load", Role.USER, asked -> Responses.json(200, info.loads())));
    routes.add(read("/v1/loads", Role.USER, asked -> Responses.json(200, info.loadReport())));
    generating(routes);
    computing(routes);
    operating(routes);
    return routes;
  }

  private void generating(List<Route> routes) {
    ErrorWriter openai = ErrorWriter.OPENAI;
    for (String path : List.of("/v1/chat/completions", "/invocations")) {
      routes.add(new Route(
          path, POST, Role.USER, openai, handlers.generating(planner::chat, sessions, openai)));
    }
    routes.add(new Route(
        "/v1/completions",
        POST,
        Role.USER,
        openai,
        handlers.generating(planner::completion, sessions, openai)));
    routes.add(new Route(
        "/generate",
        List.of("POST", "PUT"),
        Role.USER,
        ErrorWriter.GENERATE,
        handlers.generating(planner::generate, sessions, ErrorWriter.GENERATE)));
  }

  private void computing(List<Route> routes) {
    for (String path : List.of("/tokenize", "/v1/tokenize")) {
      routes.add(compute(path, text::tokenize));
    }
    for (String path : List.of("/detokenize", "/v1/detokenize")) {
      routes.add(compute(path, text::detokenize));
    }
    routes.add(compute("/parse_function_call", text::parseCalls));
    routes.add(compute("/separate_reasoning", text::separateReasoning));
  }

  private void operating(List<Route> routes) {
    routes.add(new Route(
        "/flush_cache",
        List.of("GET", "POST"),
        Role.ADMIN,
        ErrorWriter.OPENAI,
        handlers.reading(asked -> flushed())));
    routes.add(new Route(
        "/abort_request",
        POST,
        Role.ADMIN,
        ErrorWriter.OPENAI,
        handlers.computing(this::abort, ErrorWriter.OPENAI)));
  }

  private Route read(String path, Role role, Function<String, HttpResponse> answer) {
    return new Route(path, GET, role, ErrorWriter.OPENAI, handlers.reading(answer));
  }

  private Route compute(String path, Function<byte[], String> answer) {
    return new Route(
        path,
        POST,
        Role.USER,
        ErrorWriter.OPENAI,
        handlers.computing(body -> Responses.json(200, answer.apply(body)), ErrorWriter.OPENAI));
  }

  private HttpResponse model(String path) {
    String name = decoded(path.substring(MODELS.length() + 1));
    return name.equals(client.model().servedName())
        ? Responses.json(200, models.one())
        : Responses.json(404, ModelWriter.unknown(name));
  }

  /** Refused while requests run, as clients of other servers expect; the engine could do it any time. */
  private HttpResponse flushed() {
    EngineStatus status = client.status();
    if (status.running() + status.waiting() > 0) {
      return Responses.text(
          400,
          "Failed to flush cache: " + status.running() + " requests run and " + status.waiting()
              + " wait.\n");
    }
    client.flushCache();
    return Responses.text(200, "Cache flushed.\n");
  }

  private HttpResponse abort(byte[] body) {
    AbortRequest request = AbortRequest.read(json, body);
    sessions.abort(request.requestId().map(RequestId::new));
    return Responses.empty(200);
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return segment;
    }
  }

  /** Where sessions are opened and ended. */
  interface Sessions {
    /** @throws ApiException when there are too many */
    void open(Opening opening, Exchange exchange);

    /** @param whole the id of one request; empty for all of them */
    void abort(Optional<RequestId> whole);
  }
}
