package io.souffleur.clusterconfig.bench;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RequestId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Owner of all requests of one batch: notes when each token came and answers the times when the last
 * request has finished, or the first reason why there are none.
 */
final class BatchOwner extends AbstractBehavior<GenerationEvent> {
  private final Map<RequestId, Integer> rows = new HashMap<>();
  private final long[][] arrivals;
  private final int[] counts;
  private final CompletableFuture<long[][]> end;
  private int running;

  /**
   * @param ids requests in the order of the rows of the answer
   * @param outputTokens tokens of each
   * @param end hears the arrivals {@code [request][token]} in nanoseconds
   */
  static Behavior<GenerationEvent> create(
      List<RequestId> ids, int outputTokens, CompletableFuture<long[][]> end) {
    return Behaviors.setup(context -> new BatchOwner(context, ids, outputTokens, end));
  }

  private BatchOwner(
      ActorContext<GenerationEvent> context,
      List<RequestId> ids,
      int outputTokens,
      CompletableFuture<long[][]> end) {
    super(context);
    for (RequestId id : ids) {
      rows.put(id, rows.size());
    }
    this.arrivals = new long[ids.size()][outputTokens];
    this.counts = new int[ids.size()];
    this.end = end;
    this.running = ids.size();
  }

  @Override
  public Receive<GenerationEvent> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::onEvent).build();
  }

  private Behavior<GenerationEvent> onEvent(GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.Accepted accepted -> this;
      case GenerationEvent.PromptScores scores -> this;
      case GenerationEvent.Tokens tokens -> onTokens(tokens);
      case GenerationEvent.Finished finished -> onFinished(finished);
      case GenerationEvent.Rejected rejected -> fail("a request was refused: " + rejected.detail());
      case GenerationEvent.EngineLost lost -> fail("the engine was rebuilt while it was measured");
    };
  }

  private Behavior<GenerationEvent> onTokens(GenerationEvent.Tokens tokens) {
    long now = System.nanoTime();
    int row = rows.get(tokens.id());
    for (int i = 0; i < tokens.tokens().length; i++) {
      arrivals[row][counts[row]] = now;
      counts[row]++;
    }
    return this;
  }

  private Behavior<GenerationEvent> onFinished(GenerationEvent.Finished finished) {
    int row = rows.get(finished.id());
    if (counts[row] != arrivals[row].length) {
      return fail("a request ended with " + counts[row] + " of " + arrivals[row].length
          + " tokens, reason " + finished.reason());
    }
    running--;
    if (running > 0) {
      return this;
    }
    end.complete(arrivals);
    return Behaviors.stopped();
  }

  private Behavior<GenerationEvent> fail(String reason) {
    end.completeExceptionally(new IllegalStateException(reason));
    return Behaviors.stopped();
  }
}
