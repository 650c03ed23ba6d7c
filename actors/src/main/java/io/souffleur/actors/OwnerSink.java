package io.souffleur.actors;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.scheduler.TokenSink;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Turns what the engine loop says of one request into messages to the request's owner.
 *
 * <p>The router hears of the end first: the owner may submit the same id again at once.
 */
final class OwnerSink implements TokenSink {
  private final ActorRef<GenerationEvent> owner;
  private final ActorRef<ReplicaRouter.Command> router;

  OwnerSink(ActorRef<GenerationEvent> owner, ActorRef<ReplicaRouter.Command> router) {
    this.owner = owner;
    this.router = router;
  }

  @Override
  public void onAccepted(RequestId id, long epoch) {
    owner.tell(new GenerationEvent.Accepted(id, epoch));
  }

  @Override
  public void onToken(RequestId id, long epoch, int token) {
    owner.tell(new GenerationEvent.Tokens(id, epoch, new int[] {token}));
  }

  @Override
  public void onToken(RequestId id, long epoch, int token, TokenScore score) {
    owner.tell(new GenerationEvent.Tokens(id, epoch, new int[] {token}, List.of(score)));
  }

  @Override
  public void onPromptScores(RequestId id, long epoch, int firstPosition, List<TokenScore> scores) {
    owner.tell(new GenerationEvent.PromptScores(id, epoch, firstPosition, scores));
  }

  @Override
  public void onFinished(GenerationEvent.Finished finished) {
    router.tell(new ReplicaRouter.Ended(finished.id(), finished.epoch()));
    owner.tell(finished);
  }

  @Override
  public void onLost(GenerationEvent.EngineLost lost) {
    router.tell(new ReplicaRouter.Ended(lost.id(), lost.epoch()));
    owner.tell(lost);
  }
}
