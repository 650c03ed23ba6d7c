package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.AnswerHead;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.CallIds;
import io.souffleur.http.openai.ChatRequest;
import io.souffleur.http.openai.ChatRequestReader;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.openai.GenerateRequest;
import io.souffleur.http.openai.GenerateRequestReader;
import io.souffleur.http.openai.ModelWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to endpoints.
 *
 * <p>Endpoints that only read answer at once; those that generate read the body, check it, and
 * open a session. Runs on the threads of the connections; safe for any number of them.
 */
final class Router {
  /** Opens a session for a checked request. */
  @FunctionalInterface
  interface Sessions {
    void open(SessionPlan plan, Exchange exchange);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final String CHAT = "/v1/chat/completions";
  private static final String MODELS = "/v1/models";
  private static final String GENERATE = "/generate";

  private final HttpSettings settings;
  private final EngineClient client;
  private final Sessions sessions;
  private final BodyReader bodies;
  private final Admission admission;
  private final HealthRoutes health;
  private final Gate gate;
  private final ModelWriter models;
  private final ChatRequestReader chatReader;
  private final GenerateRequestReader generateReader;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final CallIds callIds = new CallIds(new SecureRandom());

  Router(
      HttpSettings settings,
      EngineClient client,
      BodyReader bodies,
      Admission admission,
      Clocks clocks,
      Sessions sessions) {
    this.settings = settings;
    this.client = client;
    this.sessions = sessions;
    this.bodies = bodies;
    this.admission = admission;
    this.health = new HealthRoutes(client);
    this.gate = new Gate(settings.apiKey());
    this.clock = clocks.wall();
    this.nanoClock = clocks.nanos();
    this.models = new ModelWriter(client.model(), clock.instant().getEpochSecond());
    this.chatReader = new ChatRequestReader(settings.bodies().limits(), client.model());
    this.generateReader = new GenerateRequestReader(settings.bodies().limits(), client.model());
  }

  /** Never fails: what goes wrong is an answer, too. */
  CompletionStage<HttpResponse> handle(HttpRequest request, Exchange exchange) {
    String path = normalised(request.getUri().path());
    ErrorWriter errors = path.equals(GENERATE) ? ErrorWriter.GENERATE : ErrorWriter.OPENAI;
    try {
      Optional<HttpResponse> refusal = gate.refusal(request, path);
      if (refusal.isPresent()) {
        return atOnce(request, exchange, refusal.get());
      }
      boolean generating = path.equals(CHAT) || path.equals(GENERATE);
      String methods = path.equals(CHAT) ? "POST" : path.equals(GENERATE) ? "POST, PUT" : "GET";
      Optional<HttpResponse> answer = generating ? Optional.empty() : reading(path);
      if (!generating && answer.isEmpty()) {
        throw new ApiException(404, "Not Found", "there is no endpoint " + path);
      }
      String method = request.method().name();
      if (!List.of(methods.split(", ")).contains(method)) {
        return atOnce(request, exchange, notAllowed(method, path, methods, errors));
      }
      if (!generating) {
        return atOnce(request, exchange, answer.get());
      }
      return generate(request, exchange, errors, path.equals(CHAT) ? this::chat : this::generate);
    } catch (ApiException refusal) {
      return atOnce(request, exchange, Responses.error(refusal, errors));
    }
  }

  private Optional<HttpResponse> reading(String path) {
    if (path.equals(MODELS)) {
      return Optional.of(Responses.json(200, models.list()));
    }
    if (!path.startsWith(MODELS + "/")) {
      return health.answer(path);
    }
    String name = decoded(path.substring(MODELS.length() + 1));
    return Optional.of(
        name.equals(client.model().servedName())
            ? Responses.json(200, models.one())
            : Responses.json(404, ModelWriter.unknown(name)));
  }

  /** Makes a plan from a body. */
  private interface Planner {
    SessionPlan plan(byte[] body);
  }

  private CompletionStage<HttpResponse> generate(
      HttpRequest request, Exchange exchange, ErrorWriter errors, Planner planner) {
    admission.enterSession();
    exchange.over().whenComplete((ended, failure) -> admission.leaveSession());
    bodies.read(request).whenComplete((body, failure) -> {
      try {
        if (failure != null) {
          throw BodyReader.refusal(failure, settings.bodies());
        }
        sessions.open(planner.plan(body), exchange);
      } catch (ApiException refusal) {
        exchange.whole(Responses.error(refusal, errors));
      } catch (RuntimeException bug) {
        LOG.error("a request could not be read", bug);
        exchange.whole(Responses.error(ApiException.internal("see the log"), errors));
      }
    });
    return exchange.response();
  }

  private SessionPlan chat(byte[] body) {
    ChatRequest request = chatReader.read(body);
    AnswerHead head = head(request.requestId(), request.model());
    ChatForm form = new ChatForm(request, client.model(), head, settings.cacheReport(), callIds);
    PromptJob prompt = new PromptJob.Chat(
        Conversation.forTemplate(request.messages(), client.text().chatTemplate()),
        request.toolTrees(),
        request.templateArguments());
    return new SessionPlan(head.id(), prompt, request.sampling(), form);
  }

  private SessionPlan generate(byte[] body) {
    GenerateRequest request = generateReader.read(body);
    AnswerHead head = head(request.requestId(), client.model().servedName());
    GenerateForm form = new GenerateForm(request, head, settings.incrementalOutput(), nanoClock);
    return new SessionPlan(head.id(), request.prompt(), request.sampling(), form);
  }

  private AnswerHead head(Optional<String> requestId, String model) {
    String id = requestId.orElseGet(() -> UUID.randomUUID().toString().replace("-", ""));
    return new AnswerHead(new RequestId(id), clock.instant().getEpochSecond(), model);
  }

  private CompletionStage<HttpResponse> atOnce(
      HttpRequest request, Exchange exchange, HttpResponse response) {
    return bodies.drain(request).thenCompose(drained -> {
      exchange.whole(response);
      return exchange.response();
    });
  }

  private static HttpResponse notAllowed(
      String method, String path, String allowed, ErrorWriter errors) {
    HttpResponse response = method.equals("OPTIONS")
        ? Responses.empty(204)
        : Responses.error(
            new ApiException(
                405,
                "Method Not Allowed",
                "method " + method + " is not allowed for " + path + ", allowed: " + allowed),
            errors);
    return response.addHeader(RawHeader.create("Allow", allowed));
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return segment;
    }
  }

  /** Several slashes are one, and one at the end is none: clients join base URLs carelessly. */
  static String normalised(String path) {
    String single = path.replaceAll("/{2,}", "/");
    return single.length() > 1 && single.endsWith("/")
        ? single.substring(0, single.length() - 1)
        : single;
  }
}
