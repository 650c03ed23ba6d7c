package io.souffleur.actors;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.tokenizer.TextAssets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;

/** The facade over the actors of this node. Immutable. */
record NodeEngineClient(
    ActorRef<ReplicaRouter.Command> router,
    ActorRef<PromptDesk.Command> prompts,
    EngineBoard board,
    ModelCard model,
    TextAssets text)
    implements EngineClient {
  @Override
  public void prompt(PromptJob job, ActorRef<PromptReply> replyTo) {
    prompts.tell(new PromptDesk.Prepare(job, replyTo));
  }

  @Override
  public void submit(GenerationRequest request, ActorRef<GenerationEvent> replyTo) {
    router.tell(new ReplicaRouter.Submit(request, replyTo));
  }

  @Override
  public void abort(RequestId id) {
    router.tell(new ReplicaRouter.Abort(id));
  }

  @Override
  public void flushCache() {
    router.tell(new ReplicaRouter.FlushCache());
  }

  @Override
  public EngineStatus status() {
    return board.status();
  }

  @Override
  public CompletionStage<String> whenFailed() {
    return board.whenFailed();
  }

  @Override
  public CompletionStage<EngineStatus> whenStarted() {
    return board.whenStarted();
  }

  @Override
  public CompletionStage<Void> drain() {
    CompletableFuture<Void> drained = new CompletableFuture<>();
    router.tell(new ReplicaRouter.Drain(drained));
    return drained.minimalCompletionStage();
  }
}
