package io.souffleur.actors;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.scheduler.TokenSink;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Turns what the engine loop says of one request into messages to the request's owner.
 *
 * <p>The router hears of the end first: the owner may submit the same id again at once.
 */
final class OwnerSink implements TokenSink {
  private final ActorRef<GenerationEvent> owner;
  private final ActorRef<ReplicaRouter.Command> router;

  private final LongSupplier nanoClock;
  private final long submittedNanos;
  private GenerationEvent.Start start = GenerationEvent.Start.AT_ONCE;

  /** Made when the request is submitted; from then on driven by the engine loop. */
  OwnerSink(
      ActorRef<GenerationEvent> owner,
      ActorRef<ReplicaRouter.Command> router,
      LongSupplier nanoClock) {
    this.owner = owner;
    this.router = router;
    this.nanoClock = nanoClock;
    this.submittedNanos = nanoClock.getAsLong();
  }

  @Override
  public void onAccepted(RequestId id, long epoch) {
    owner.tell(new GenerationEvent.Accepted(id, epoch));
  }

  @Override
  public void onStarted(RequestId id, long epoch, int cachedTokens) {
    start = new GenerationEvent.Start(cachedTokens, nanoClock.getAsLong() - submittedNanos);
  }

  @Override
  public void onToken(RequestId id, long epoch, int token) {
    owner.tell(new GenerationEvent.Tokens(id, epoch, new int[] {token}, List.of(), start));
  }

  @Override
  public void onToken(RequestId id, long epoch, int token, TokenScore score) {
    owner.tell(new GenerationEvent.Tokens(id, epoch, new int[] {token}, List.of(score), start));
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
