package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ErrorWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Requests to routes: finds the route, asks for its key, checks the method.
 *
 * <p>Paths that no route has ask for the API key, too. Runs on the threads of the connections; safe
 * for any number of them.
 */
final class Router {
  private final List<Route> routes;
  private final Gate gate;
  private final BodyReader bodies;

  Router(List<Route> routes, Gate gate, BodyReader bodies) {
    this.routes = List.copyOf(routes);
    this.gate = gate;
    this.bodies = bodies;
  }

  /** Never fails: what goes wrong is an answer, too. */
  CompletionStage<HttpResponse> handle(HttpRequest request, Exchange exchange) {
    String path = normalised(request.getUri().path());
    Optional<Route> route = routes.stream().filter(each -> each.matches(path)).findFirst();
    ErrorWriter errors = route.map(Route::errors).orElse(ErrorWriter.OPENAI);
    try {
      Role role = route.map(Route::role).orElse(Role.USER);
      Optional<HttpResponse> refusal = gate.refusal(request, role, errors);
      if (refusal.isPresent()) {
        return atOnce(request, exchange, refusal.get());
      }
      if (route.isEmpty()) {
        throw new ApiException(404, "Not Found", "there is no endpoint " + path);
      }
      if (!route.get().methods().contains(request.method().name())) {
        return atOnce(request, exchange, notAllowed(request.method().name(), path, route.get()));
      }
      return route.get().handler().answer(request, path, exchange);
    } catch (ApiException refusal) {
      return atOnce(request, exchange, Responses.error(refusal, errors));
    }
  }

  private CompletionStage<HttpResponse> atOnce(
      HttpRequest request, Exchange exchange, HttpResponse response) {
    return bodies.drain(request).thenCompose(drained -> {
      exchange.whole(response);
      return exchange.response();
    });
  }

  private static HttpResponse notAllowed(String method, String path, Route route) {
    HttpResponse response = method.equals("OPTIONS")
        ? Responses.empty(204)
        : Responses.error(
            new ApiException(
                405,
                "Method Not Allowed",
                "method " + method + " is not allowed for " + path + ", allowed: "
                    + route.allowed()),
            route.errors());
    return response.addHeader(RawHeader.create("Allow", route.allowed()));
  }

  /** Several slashes are one, and one at the end is none: clients join base URLs carelessly. */
  static String normalised(String path) {
    String single = path.replaceAll("/{2,}", "/");
    return single.length() > 1 && single.endsWith("/")
        ? single.substring(0, single.length() - 1)
        : single;
  }
}
