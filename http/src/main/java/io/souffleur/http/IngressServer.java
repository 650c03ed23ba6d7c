package io.souffleur.http;

import io.souffleur.actors.ActorsSettings;
import io.souffleur.actors.EngineClient;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.ApiException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.stream.Materializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owner of the listening socket and parent of all sessions.
 *
 * <p>Binds at once and tells its listener how that went; a failed bind stops it. A session that
 * ends, even by a failure, has its exchange closed here, so that no client
 * waits for an answer that nobody writes. When this actor stops, the socket and all connections
 * are closed.
 */
public final class IngressServer extends AbstractMatchingBehavior<IngressServer.Command> {
  /** What the server hears. */
  public sealed interface Command {}

  /** Stops listening; streams go on until they end or this actor is stopped. */
  public record Drain() implements Command {}

  private record Bound(ServerBinding binding) implements Command {}

  private record NotBound(Throwable cause) implements Command {}

  private record Open(Opening opening, Exchange exchange) implements Command {}

  private record Abort(Optional<RequestId> whole) implements Command {}

  private record SessionEnded(ActorRef<ChatSession.Command> session) implements Command {}

  private enum Tick implements Command {
    REAP
  }

  /** How binding the socket went. */
  public sealed interface Event {}

  /** @param address the address and port in use */
  public record Listening(InetSocketAddress address) implements Event {}

  /** @param reason one sentence for the operator */
  public record NotListening(String reason) implements Event {}

  private static final Logger LOG = LoggerFactory.getLogger(IngressServer.class);

  private record Running(RequestId id, RequestId whole, Exchange exchange, AnswerForm form) {
    boolean sharesAnswer(Running other) {
      return exchange == other.exchange;
    }
  }

  private final HttpSettings settings;
  private final EngineClient client;
  private final ServerFacts facts;
  private final ServerMetrics metrics;
  private final Clocks clocks;
  private final ActorRef<Event> listener;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Map<ActorRef<ChatSession.Command>, Running> sessions = new HashMap<>();
  private ServerBinding binding;
  private long sessionCount;

  /** @param listener hears one {@link Event} */
  public static Behavior<Command> create(
      HttpSettings settings, EngineClient client, ServerFacts facts, ActorRef<Event> listener) {
    return create(settings, client, facts, listener, Clocks.SYSTEM);
  }

  static Behavior<Command> create(
      HttpSettings settings,
      EngineClient client,
      ServerFacts facts,
      ActorRef<Event> listener,
      Clocks clocks) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      Duration idle = settings.listen().idleTimeout();
      timers.startTimerWithFixedDelay(Tick.REAP, idle.dividedBy(4));
      return new IngressServer(context, settings, client, facts, listener, clocks).start();
    }));
  }

  private IngressServer(
      ActorContext<Command> context,
      HttpSettings settings,
      EngineClient client,
      ServerFacts facts,
      ActorRef<Event> listener,
      Clocks clocks) {
    super(context);
    this.settings = settings;
    this.client = client;
    this.facts = facts;
    this.metrics = new ServerMetrics(client, facts);
    this.clocks = clocks;
    this.listener = listener;
  }

  private Behavior<Command> start() {
    ActorContext<Command> context = getContext();
    Materializer materializer = Materializer.matFromSystem(context.getSystem());
    Admission admission =
        new Admission(settings.sessions().max(), settings.bodies().inFlightBytesMax());
    BodyReader bodies = new BodyReader(settings.bodies(), admission, materializer);
    Executor workers = context
        .getSystem()
        .dispatchers()
        .lookup(DispatcherSelector.fromConfig(ActorsSettings.PROMPT_DISPATCHER));
    Endpoints endpoints = new Endpoints(
        settings,
        client,
        facts,
        clocks,
        metrics,
        new Handlers(settings, bodies, admission, workers),
        sessionsOf(context.getSelf()));
    Gate gate = new Gate(settings.keys(), settings.listen().host());
    Router router = new Router(endpoints.routes(), gate, bodies);
    Listener socket =
        new Listener(settings, router, connections, clocks.nanos(), context.getSystem());
    CompletionStage<ServerBinding> bind = socket.bind(materializer);
    context.pipeToSelf(
        bind, (bound, failure) -> failure == null ? new Bound(bound) : new NotBound(failure));
    return this;
  }

  private static Endpoints.Sessions sessionsOf(ActorRef<Command> self) {
    return new Endpoints.Sessions() {
      @Override
      public void open(Opening opening, Exchange exchange) {
        self.tell(new Open(opening, exchange));
      }

      @Override
      public void abort(Optional<RequestId> whole) {
        self.tell(new Abort(whole));
      }
    };
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case Bound bound -> onBound(bound);
      case NotBound failed -> onNotBound(failed);
      case Open open -> onOpen(open);
      case Abort abort -> onAbort(abort);
      case SessionEnded ended -> onSessionEnded(ended);
      case Tick.REAP -> onReap();
      case Drain drain -> onDrain();
    };
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    return signal instanceof PostStop ? onPostStop() : Behaviors.unhandled();
  }

  private Behavior<Command> onBound(Bound bound) {
    binding = bound.binding();
    listener.tell(new Listening(binding.localAddress()));
    return this;
  }

  private Behavior<Command> onNotBound(NotBound failed) {
    HttpSettings.Listen listen = settings.listen();
    listener.tell(new NotListening("cannot listen on " + listen.host() + ":" + listen.port() + ": "
        + failed.cause().getMessage()));
    return Behaviors.stopped();
  }

  private Behavior<Command> onOpen(Open open) {
    for (SessionPlan part : open.opening().parts()) {
      ActorRef<ChatSession.Command> session = getContext()
          .spawn(
              ChatSession.create(
                  part,
                  open.exchange(),
                  client,
                  settings,
                  new SessionTimes(clocks.nanos(), metrics)),
              "session-" + sessionCount++);
      sessions.put(
          session, new Running(part.id(), open.opening().whole(), open.exchange(), part.form()));
      getContext().watchWith(session, new SessionEnded(session));
    }
    return this;
  }

  private Behavior<Command> onAbort(Abort abort) {
    sessions.forEach((session, running) -> {
      boolean meant = abort.whole().isEmpty()
          || abort.whole().get().equals(running.whole())
          || abort.whole().get().equals(running.id());
      if (meant) {
        session.tell(ChatSession.aborted());
      }
    });
    return this;
  }

  private Behavior<Command> onSessionEnded(SessionEnded ended) {
    Running running = sessions.remove(ended.session());
    boolean answered = running.exchange().over().toCompletableFuture().isDone();
    if (!answered && sessions.values().stream().noneMatch(running::sharesAnswer)) {
      LOG.error("request {} ended without an answer", running.id());
      close(running, ApiException.internal("the session failed"));
    }
    return this;
  }

  private Behavior<Command> onReap() {
    long timeoutNanos = settings.listen().idleTimeout().toNanos();
    connections.forEach(connection -> connection.closeIfIdle(timeoutNanos));
    return this;
  }

  private Behavior<Command> onDrain() {
    if (binding != null) {
      binding.unbind();
    }
    return this;
  }

  private Behavior<Command> onPostStop() {
    onDrain();
    sessions
        .values()
        .forEach(running -> close(running, ApiException.unavailable(503, "the server stops")));
    connections.forEach(Connection::close);
    return this;
  }

  /** A stream is broken off, so that nobody takes what came for the whole. */
  private static void close(Running running, ApiException error) {
    Exchange exchange = running.exchange();
    if (exchange.streaming()) {
      exchange.breakOff(Responses.empty(error.status()), error.getMessage());
    } else {
      running.form().fail(exchange, error);
    }
  }
}
