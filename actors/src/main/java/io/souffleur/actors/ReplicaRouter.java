package io.souffleur.actors;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The one door for requests: gives them to the replica that serves, and keeps them while it is rebuilt.
 *
 * <p>It knows every live request and its owner, so none gets lost between a replica's death and the news
 * of it: what the dead replica never saw is given to the next one. An owner that stops has its requests
 * aborted. Outlives all replicas.
 */
final class ReplicaRouter extends AbstractMatchingBehavior<ReplicaRouter.Command> {
  private static final String PATIENCE = "patience";
  private static final long NO_EPOCH = 0;

  sealed interface Command {}

  /** Answered by {@code Accepted} or {@code Rejected}, then by the request's events. */
  record Submit(GenerationRequest request, ActorRef<GenerationEvent> replyTo) implements Command {}

  /** Idempotent; unknown ids are ignored, because an abort races with the natural end. */
  record Abort(RequestId id) implements Command {}

  /** Whoever is submitted after this finds no cached prefix of before. */
  record FlushCache() implements Command {}

  /** New requests are refused; {@code drained} completes when none is left. */
  record Drain(CompletableFuture<Void> drained) implements Command {}

  /** A replica serves from now on. */
  record ReplicaUp(long epoch, ActorRef<SchedulerActor.Command> scheduler) implements Command {}

  /** The replica is gone; all its requests have ended, and said so before. */
  record ReplicaDown(long epoch) implements Command {}

  /** No replica will come any more. */
  record GivenUp(String reason) implements Command {}

  /** A request is over in the given epoch; its id may be used again. */
  record Ended(RequestId id, long epoch) implements Command {}

  private record OwnerGone(ActorRef<GenerationEvent> owner) implements Command {}

  private enum PatienceOver implements Command {
    INSTANCE
  }

  /** @param epoch the replica that has the request, {@link #NO_EPOCH} while it waits for one */
  private record Live(Submit submit, long epoch) {}

  private record Replica(long epoch, ActorRef<SchedulerActor.Command> scheduler) {}

  private final ActorsSettings.Router settings;
  private final EngineBoard board;
  private final TimerScheduler<Command> timers;
  private final Map<RequestId, Live> live = new LinkedHashMap<>();
  private final Map<ActorRef<GenerationEvent>, Set<RequestId>> owned = new HashMap<>();
  private final List<CompletableFuture<Void>> drainWaiters = new ArrayList<>();
  private Optional<Replica> replica = Optional.empty();
  private boolean everServed;
  private boolean draining;
  private Optional<String> givenUp = Optional.empty();

  static Behavior<Command> create(ActorsSettings.Router settings, EngineBoard board) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> new ReplicaRouter(context, timers, settings, board)));
  }

  private ReplicaRouter(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorsSettings.Router settings,
      EngineBoard board) {
    super(context);
    this.timers = timers;
    this.settings = settings;
    this.board = board;
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Submit submit -> onSubmit(submit);
      case Abort abort -> onAbort(abort.id());
      case Ended ended -> onEnded(ended);
      case OwnerGone gone -> onOwnerGone(gone.owner());
      case ReplicaUp up -> onReplicaUp(up);
      case ReplicaDown down -> onReplicaDown(down.epoch());
      case GivenUp gone -> onGivenUp(gone.reason());
      case FlushCache flush ->
        replica.ifPresent(up -> up.scheduler().tell(new SchedulerActor.FlushCache()));
      case Drain drain -> onDrain(drain.drained());
      case PatienceOver over -> rejectWaiting("the engine was not rebuilt in time");
    }
    return this;
  }

  // ---- requests ----

  private void onSubmit(Submit submit) {
    Optional<Rejected> refusal = refusal(submit.request());
    if (refusal.isPresent()) {
      submit.replyTo().tell(refusal.get());
      return;
    }
    RequestId id = submit.request().id();
    own(submit.replyTo(), id);
    if (replica.isPresent()) {
      give(submit, replica.get());
    } else {
      live.put(id, new Live(submit, NO_EPOCH));
    }
  }

  private Optional<Rejected> refusal(GenerationRequest request) {
    // A request that was lost on the way is no new one: it may end even while the server drains.
    boolean resumed = request.generatedPrefix().length > 0;
    if (draining && !resumed) {
      return refuse(request, RejectReason.DRAINING, "the server is going down");
    }
    if (live.containsKey(request.id())) {
      return refuse(
          request, RejectReason.DUPLICATE_ID, "a request with id " + request.id() + " is running");
    }
    if (replica.isPresent()) {
      return Optional.empty();
    }
    if (givenUp.isPresent()) {
      return refuse(request, RejectReason.NOT_READY, givenUp.get());
    }
    if (!everServed) {
      return refuse(request, RejectReason.NOT_READY, "the engine is starting");
    }
    return live.size() < settings.waitingMax()
        ? Optional.empty()
        : refuse(
            request,
            RejectReason.NOT_READY,
            "the engine is being rebuilt and " + live.size() + " requests wait for it already");
  }

  private Optional<Rejected> refuse(GenerationRequest request, RejectReason reason, String detail) {
    return Optional.of(new Rejected(request.id(), epoch(), reason, detail));
  }

  private long epoch() {
    return replica.map(Replica::epoch).orElse(NO_EPOCH);
  }

  private void give(Submit submit, Replica to) {
    live.put(submit.request().id(), new Live(submit, to.epoch()));
    to.scheduler().tell(new SchedulerActor.Submit(submit.request(), submit.replyTo()));
  }

  private void onAbort(RequestId id) {
    Live request = live.get(id);
    if (request == null) {
      return;
    }
    if (request.epoch() == NO_EPOCH) {
      forget(id);
      request.submit().replyTo().tell(aborted(request.submit().request()));
    } else {
      replica.ifPresent(serving -> serving.scheduler().tell(new SchedulerActor.Abort(id)));
    }
  }

  private static GenerationEvent aborted(GenerationRequest request) {
    return new GenerationEvent.Finished(
        request.id(),
        NO_EPOCH,
        FinishReason.ABORT,
        GenerationEvent.Finished.NO_STOP,
        request.promptTokens().length,
        request.generatedPrefix().length,
        0);
  }

  private void onEnded(Ended ended) {
    Live request = live.get(ended.id());
    if (request != null && request.epoch() == ended.epoch()) {
      forget(ended.id());
      completeDrain();
    }
  }

  // ---- owners ----

  private void own(ActorRef<GenerationEvent> owner, RequestId id) {
    owned
        .computeIfAbsent(owner, first -> {
          getContext().watchWith(first, new OwnerGone(first));
          return new HashSet<>();
        })
        .add(id);
  }

  private void forget(RequestId id) {
    ActorRef<GenerationEvent> owner = live.remove(id).submit().replyTo();
    Set<RequestId> ids = owned.get(owner);
    if (ids != null && ids.remove(id) && ids.isEmpty()) {
      owned.remove(owner);
      getContext().unwatch(owner);
    }
  }

  private void onOwnerGone(ActorRef<GenerationEvent> owner) {
    Set<RequestId> ids = owned.remove(owner);
    if (ids != null) {
      ids.forEach(this::onAbort);
    }
  }

  // ---- replicas ----

  private void onReplicaUp(ReplicaUp up) {
    timers.cancel(PATIENCE);
    Replica serving = new Replica(up.epoch(), up.scheduler());
    replica = Optional.of(serving);
    everServed = true;
    board.serving(up.epoch());
    for (Live request : List.copyOf(live.values())) {
      give(request.submit(), serving);
    }
  }

  private void onReplicaDown(long epoch) {
    if (epoch() != epoch) {
      return;
    }
    replica = Optional.empty();
    // What is left was on its way to an actor that had stopped already: it waits for the next
    // replica.
    live.replaceAll((id, request) -> new Live(request.submit(), NO_EPOCH));
    for (Live request : List.copyOf(live.values())) {
      if (!owned.containsKey(request.submit().replyTo())) {
        forget(request.submit().request().id());
      }
    }
    timers.startSingleTimer(PATIENCE, PatienceOver.INSTANCE, settings.patience());
    completeDrain();
  }

  private void onGivenUp(String reason) {
    replica = Optional.empty();
    givenUp = Optional.of(reason);
    rejectWaiting(reason);
  }

  private void rejectWaiting(String detail) {
    for (Live request : List.copyOf(live.values())) {
      GenerationRequest asked = request.submit().request();
      forget(asked.id());
      request
          .submit()
          .replyTo()
          .tell(new Rejected(asked.id(), NO_EPOCH, RejectReason.NOT_READY, detail));
    }
    completeDrain();
  }

  private void onDrain(CompletableFuture<Void> drained) {
    draining = true;
    board.draining();
    drainWaiters.add(drained);
    completeDrain();
  }

  private void completeDrain() {
    if (draining && live.isEmpty()) {
      drainWaiters.forEach(waiter -> waiter.complete(null));
      drainWaiters.clear();
    }
  }
}
