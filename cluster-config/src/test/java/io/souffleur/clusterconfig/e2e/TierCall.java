package io.souffleur.clusterconfig.e2e;

import io.souffleur.actors.EngineClient;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.Awaitility;

/** A request whose tokens are scored, so that answers can be compared bit by bit. */
final class TierCall {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TOKENS = 8;
  private static final SamplingSpec SCORED =
      SamplingSpec.GREEDY.withScores(new ScoreSpec(5, List.of(), ScoreSpec.OUTPUT_ONLY));

  /** What came of it: drawn tokens, with their logarithms and those of others. */
  record Answer(List<TokenScore> scores, int cachedTokens) {}

  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private final List<TokenScore> scores = new ArrayList<>();

  private TierCall() {}

  /** Asks for some tokens; what is worth keeping is the prompt but its last token. */
  static TierCall ask(ActorSystem<?> system, EngineClient client, int[] prompt) {
    TierCall call = new TierCall();
    String name = "tier-call-" + UUID.randomUUID();
    ActorRef<GenerationEvent> owner = system.systemActorOf(call.behavior(), name, Props.empty());
    int[] hints = prompt.length > 1 ? new int[] {prompt.length - 1} : new int[0];
    client.submit(
        new GenerationRequest(
            new RequestId(name),
            prompt,
            new int[0],
            SCORED,
            TOKENS,
            new int[0],
            OptionalInt.empty(),
            "tenant",
            hints),
        owner);
    return call;
  }

  private Behavior<GenerationEvent> behavior() {
    return Behaviors.receiveMessage(event -> {
      switch (event) {
        case GenerationEvent.Tokens more -> scores.addAll(more.scores());
        case GenerationEvent.Finished end ->
          answer.complete(new Answer(scores, end.cachedTokens()));
        case GenerationEvent.Rejected refused -> fail(refused);
        case GenerationEvent.EngineLost lost -> fail(lost);
        default -> {}
      }
      return Behaviors.same();
    });
  }

  private void fail(GenerationEvent end) {
    answer.completeExceptionally(new AssertionError("the request ended with " + end));
  }

  Answer await() {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception late) {
      throw new AssertionError("no answer after " + scores.size() + " tokens", late);
    }
  }

  /** Until all that requests left is in files. */
  static void awaitWritten(EngineClient client) {
    Awaitility.await().atMost(PATIENCE).until(() -> client.status().counter("tier-pending") == 0);
  }
}
