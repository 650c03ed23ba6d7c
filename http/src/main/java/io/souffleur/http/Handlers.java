package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.stage.StageLimitException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three ways in which routes answer: at once, after some work on a body, by sessions.
 *
 * <p>Whatever goes wrong becomes an answer in the route's envelope. Safe for any thread.
 */
final class Handlers {
  private static final Logger LOG = LoggerFactory.getLogger(Handlers.class);

  private final HttpSettings settings;
  private final BodyReader bodies;
  private final Admission admission;
  private final Executor workers;

  /** @param workers for endpoints whose work may take long */
  Handlers(HttpSettings settings, BodyReader bodies, Admission admission, Executor workers) {
    this.settings = settings;
    this.bodies = bodies;
    this.admission = admission;
    this.workers = workers;
  }

  /** Answers from what is known; a body is read and forgotten. */
  Route.Handler reading(Function<String, HttpResponse> answer) {
    return (request, path, exchange) -> bodies.drain(request).thenCompose(drained -> {
      exchange.whole(answer.apply(path));
      return exchange.response();
    });
  }

  /** Answers by a function of the body, on the workers. */
  Route.Handler computing(Function<byte[], HttpResponse> answer, ErrorWriter errors) {
    return (request, path, exchange) -> {
      enter(exchange);
      bodies
          .read(request)
          .handle((body, failure) -> {
            if (failure != null) {
              throw BodyReader.refusal(failure, settings.bodies());
            }
            return body;
          })
          .thenCompose(body -> CompletableFuture.supplyAsync(() -> computed(answer, body), workers))
          .whenComplete((response, failure) ->
              exchange.whole(failure == null ? response : refused(failure, errors)));
      return exchange.response();
    };
  }

  private static HttpResponse computed(Function<byte[], HttpResponse> answer, byte[] body) {
    try {
      return answer.apply(body);
    } catch (StageLimitException limit) {
      throw ApiException.invalid("text: " + limit.getMessage());
    } catch (StackOverflowError tooDeep) {
      throw ApiException.invalid("the body is nested too deeply for the template");
    }
  }

  /** Opens sessions that answer. */
  Route.Handler generating(
      Function<byte[], Opening> planner, Endpoints.Sessions sessions, ErrorWriter errors) {
    return (request, path, exchange) -> {
      enter(exchange);
      bodies.read(request).whenComplete((body, failure) -> {
        try {
          if (failure != null) {
            throw BodyReader.refusal(failure, settings.bodies());
          }
          Opening opening = planner.apply(body);
          enterMore(opening.parts().size() - 1, exchange);
          sessions.open(opening, exchange);
        } catch (RuntimeException refused) {
          exchange.whole(refused(refused, errors));
        }
      });
      return exchange.response();
    };
  }

  private void enter(Exchange exchange) {
    admission.enterSessions(1);
    exchange.over().whenComplete((ended, failure) -> admission.leaveSessions(1));
  }

  private void enterMore(int count, Exchange exchange) {
    if (count > 0) {
      admission.enterSessions(count);
      exchange.over().whenComplete((ended, failure) -> admission.leaveSessions(count));
    }
  }

  private static HttpResponse refused(Throwable failure, ErrorWriter errors) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ApiException refusal) {
      return Responses.error(refusal, errors);
    }
    LOG.error("a request could not be read", cause);
    return Responses.error(ApiException.internal("see the log"), errors);
  }
}
