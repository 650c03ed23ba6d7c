package io.souffleur.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Materializer;

/**
 * One request's way back to its client: exactly one response, whole or streamed.
 *
 * <p>Written by the request's session; told by the connection when the client left. Safe for both
 * threads. Every method may be called when the exchange is over already, and does nothing then.
 */
final class Exchange {
  private final HttpSettings.Streams limits;
  private final Materializer materializer;
  private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private StreamOutlet outlet;

  Exchange(HttpSettings.Streams limits, Materializer materializer) {
    this.limits = limits;
    this.materializer = materializer;
  }

  /** Completes with the head of the response. */
  CompletionStage<HttpResponse> response() {
    return response;
  }

  /** Completes when the client is gone before the response was. */
  CompletionStage<Void> left() {
    return left;
  }

  /** Completes when nothing more will be sent. */
  CompletionStage<Void> over() {
    return over;
  }

  /** The connection ended. */
  void clientLeft() {
    if (!over.isDone()) {
      left.complete(null);
    }
  }

  /** The answer is given up for all sessions that still work on it. */
  void abandon() {
    left.complete(null);
  }

  /** Answers at once. */
  void whole(HttpResponse answer) {
    response.complete(answer);
    over.complete(null);
  }

  /** Begins a stream of events; its head goes out now. */
  void startStream() {
    outlet = new StreamOutlet(limits, materializer);
    response.complete(Responses.events(outlet.source().watchTermination((unused, done) -> {
      done.whenComplete((ended, failure) -> clientLeft());
      return unused;
    })));
  }

  /** Sends events; false when the client reads too slowly or is gone. */
  boolean emit(String events) {
    return events.isEmpty() || outlet.offer(events);
  }

  /** Ends the stream after what was sent. */
  void endStream() {
    over.complete(null);
    outlet.complete();
  }

  /** Ends what is open towards a client that is gone, or that does not keep up. */
  void dismiss(String why) {
    if (left.isDone()) {
      over.complete(null);
      response.complete(Responses.empty(503));
      if (outlet != null) {
        outlet.complete();
      }
    } else {
      breakOff(Responses.empty(503), why);
    }
  }

  boolean streaming() {
    return outlet != null;
  }

  /**
   * Ends what is still open, on the session's thread or after its end.
   *
   * @param answer for a client that got nothing yet; a stream is broken off instead
   */
  void breakOff(HttpResponse answer, String why) {
    if (over.isDone()) {
      return;
    }
    over.complete(null);
    if (!response.complete(answer) && outlet != null) {
      outlet.fail(why);
    }
  }
}
