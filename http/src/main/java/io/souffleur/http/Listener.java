package io.souffleur.http;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.IncomingConnection;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.ProductVersion;
import org.apache.pekko.http.javadsl.model.headers.Server;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import scala.concurrent.duration.Duration;

/**
 * The socket: accepts connections and runs requests of each through the router.
 *
 * <p>HTTP/1.1 only; an offered upgrade to HTTP/2 is declined by answering over HTTP/1.1. Pekko's
 * own timeouts are off, because a long answer may be silent for minutes: idle connections are
 * closed by {@link Connection#closeIfIdle}. Two requests per connection are read ahead, for
 * without reading nobody would notice that a client closed its side while it waits for an answer.
 */
final class Listener {
  private static final int PIPELINED_REQUESTS = 2;

  /** What cannot be read is answered by us, and no client can fill the log with it. */
  private static final Config READING = ConfigFactory.parseMap(Map.of(
      "pekko.http.server.parsing.error-handler", HeadErrors.class.getName(),
      "pekko.http.server.parsing.error-logging-verbosity", "off",
      "pekko.http.server.parsing.illegal-header-warnings", "off"));

  private final HttpSettings settings;
  private final Router router;
  private final Set<Connection> connections;
  private final LongSupplier nanoClock;
  private final ActorSystem<?> system;

  Listener(
      HttpSettings settings,
      Router router,
      Set<Connection> connections,
      LongSupplier nanoClock,
      ActorSystem<?> system) {
    this.settings = settings;
    this.router = router;
    this.connections = connections;
    this.nanoClock = nanoClock;
    this.system = system;
  }

  CompletionStage<ServerBinding> bind(Materializer materializer) {
    HttpSettings.Listen listen = settings.listen();
    return Http.get(system)
        .newServerAt(listen.host(), listen.port())
        .withSettings(serverSettings())
        .connectionSource()
        .to(Sink.foreach(connection -> accept(connection, materializer)))
        .run(materializer);
  }

  private void accept(IncomingConnection incoming, Materializer materializer) {
    if (connections.size() >= settings.listen().connectionsMax()) {
      incoming.handleWith(
          Flow.fromSinkAndSource(Sink.<HttpRequest>cancelled(), Source.<HttpResponse>empty()),
          materializer);
      return;
    }
    Connection connection = new Connection(nanoClock);
    connections.add(connection);
    incoming.handleWith(requests(connection, materializer), materializer);
  }

  private Flow<HttpRequest, HttpResponse, NotUsed> requests(
      Connection connection, Materializer materializer) {
    return Flow.of(HttpRequest.class)
        .viaMat(KillSwitches.single(), Keep.right())
        .watchTermination(Pair::create)
        .mapMaterializedValue(ends -> {
          connection.closedBy(ends.first());
          ends.second().whenComplete((done, failure) -> {
            connections.remove(connection);
            connection.ended();
          });
          return NotUsed.getInstance();
        })
        .mapAsync(PIPELINED_REQUESTS, request -> answer(request, connection, materializer));
  }

  private CompletionStage<HttpResponse> answer(
      HttpRequest request, Connection connection, Materializer materializer) {
    Exchange exchange = new Exchange(settings.streams(), materializer);
    connection.began(exchange);
    return router.handle(request, exchange);
  }

  private ServerSettings serverSettings() {
    ServerSettings defaults =
        ServerSettings.create(READING.withFallback(system.settings().config()));
    int sendBuffer = settings.listen().sendBufferBytes();
    List<Inet.SocketOption> options =
        sendBuffer > 0 ? List.of(TcpSO.sendBufferSize(sendBuffer)) : List.of();
    return defaults
        .withTimeouts(defaults
            .getTimeouts()
            .withIdleTimeout(Duration.Inf())
            .withRequestTimeout(Duration.Inf()))
        .withSocketOptions(options)
        .withPipeliningLimit(PIPELINED_REQUESTS)
        .withServerHeader(Optional.of(Server.create(ProductVersion.create("souffleur", ""))))
        .withTransparentHeadRequests(true);
  }
}
