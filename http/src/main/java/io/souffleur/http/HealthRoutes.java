package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineStatus;
import io.souffleur.http.stage.argument.JsonText;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Answers for load balancers and orchestrators. Nothing is generated: they read a snapshot.
 *
 * <table>
 *   <caption>200 when, otherwise 503</caption>
 *   <tr><td>{@code /health}, {@code /health_generate}</td><td>ready; no body</td></tr>
 *   <tr><td>{@code /health/live}</td><td>the process is worth keeping</td></tr>
 *   <tr><td>{@code /health/ready}</td><td>new requests are welcome</td></tr>
 *   <tr><td>{@code /health/started}</td><td>the engine was ready once</td></tr>
 * </table>
 */
final class HealthRoutes {
  static final List<String> PATHS =
      List.of("/health", "/health_generate", "/health/live", "/health/ready", "/health/started");

  private final EngineClient client;
  private final AtomicBoolean started = new AtomicBoolean();

  HealthRoutes(EngineClient client) {
    this.client = client;
    client.whenStarted().thenAccept(status -> started.compareAndSet(false, status.live()));
  }

  Optional<HttpResponse> answer(String path) {
    EngineStatus status = client.status();
    return switch (path) {
      case "/health", "/health_generate" -> Optional.of(Responses.empty(code(status.ready())));
      case "/health/live" -> Optional.of(report(status.live(), status));
      case "/health/ready" -> Optional.of(report(status.ready(), status));
      case "/health/started" -> Optional.of(report(started.get(), status));
      default -> Optional.empty();
    };
  }

  private static int code(boolean good) {
    return good ? 200 : 503;
  }

  private static HttpResponse report(boolean good, EngineStatus status) {
    return Responses.json(
        code(good),
        "{\"status\":\"" + (good ? "ok" : "unavailable") + "\",\"phase\":\"" + status.phase()
            + "\",\"detail\":" + JsonText.quoted(status.detail()) + ",\"rank_ready\":"
            + status.rankReady() + ",\"running\":" + status.running() + ",\"waiting\":"
            + status.waiting() + ",\"progress_age_ms\":" + status.progressAgeNanos() / 1_000_000
            + ",\"epoch\":" + status.epoch() + "}");
  }
}
