package io.souffleur.actors;

import io.souffleur.actors.ReplicaParts.OpenedRank;
import io.souffleur.cache.tier.QueuedTier;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.Eyes;
import io.souffleur.scheduler.Tiering;
import io.souffleur.shard.GroupStepExecutor;
import io.souffleur.shard.StepIdleStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.concurrent.SystemNanoClock;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Gate and guardian of one engine loop: admits and aborts; never touches a tensor.
 *
 * <p>The loop runs on its own thread and reports its end as {@link LoopExited}. An unexpected end, or a
 * loop that does not come round in time, ends this actor, so that the whole replica is rebuilt under a
 * new epoch. When it stops, for whatever reason, it ends the thread, tells every owner that the engine is
 * lost, and only then closes the executor. Lives on the host dispatcher.
 */
final class SchedulerActor extends AbstractMatchingBehavior<SchedulerActor.Command> {
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(500);

  sealed interface Command {}

  /** Answered by {@code Accepted} or {@code Rejected}, then by the request's events. */
  record Submit(GenerationRequest request, ActorRef<GenerationEvent> replyTo) implements Command {}

  record Abort(RequestId id) implements Command {}

  /** Whoever is submitted after this finds no cached prefix of before. */
  record FlushCache() implements Command {}

  private record LoopExited(Optional<Throwable> cause) implements Command {}

  private enum Watch implements Command {
    INSTANCE
  }

  private final Replica replica;
  private final long epoch;
  private final ActorRef<ReplicaRouter.Command> router;
  private final Duration stallTimeout;
  private final OpenedRank opened;
  private final Consumer<RuntimeException> onEnd;
  private final Optional<QueuedTier> tier;
  private final EngineLoop loop;
  private final AgentHost host;
  private String endReason = "stopped";

  /**
   * @param group steps go to a rank process through it; empty opens a rank in this process
   * @param tiers below the caches; none, or one for each cache
   * @param router hears {@code ReplicaUp} now and {@code ReplicaDown} at the end
   * @param parent hears why, if this actor ends by itself
   */
  static Behavior<Command> create(
      Replica replica,
      long epoch,
      Optional<GroupStepExecutor> group,
      List<TierHost> tiers,
      ActorRef<ReplicaRouter.Command> router,
      ActorRef<EngineSupervisor.Command> parent) {
    Consumer<RuntimeException> onEnd =
        end -> parent.tell(new EngineSupervisor.PartEnded(epoch, end));
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> KnownEnds.inSetup(onEnd, () -> {
          OpenedRank opened = group
              .map(each -> new OpenedRank(each, () -> {}))
              .orElseGet(() -> replica.openLocal(epoch, tiers));
          try {
            var actor =
                new SchedulerActor(context, replica, epoch, opened, group, tiers, router, onEnd);
            actor.start(group, timers);
            return actor;
          } catch (RuntimeException failure) {
            close(opened);
            throw failure;
          }
        })));
  }

  private SchedulerActor(
      ActorContext<Command> context,
      Replica replica,
      long epoch,
      OpenedRank opened,
      Optional<GroupStepExecutor> group,
      List<TierHost> tiers,
      ActorRef<ReplicaRouter.Command> router,
      Consumer<RuntimeException> onEnd) {
    super(context);
    context.setLoggerName(SchedulerActor.class);
    this.onEnd = onEnd;
    this.replica = replica;
    this.epoch = epoch;
    this.router = router;
    this.opened = opened;
    this.stallTimeout = group.isPresent()
        ? replica.settings().replica().stallTimeout()
        : replica.settings().rank().stepDeadline();
    ReplicaParts parts = replica.parts();
    this.tier = parts
        .tier()
        .map(each -> new QueuedTier(
            each.key().digest(), tiers.stream().map(TierHost::shelf).toList()));
    this.loop = new EngineLoop(
        epoch,
        parts.settings(),
        parts.layout(),
        parts.capacity(),
        tier.map(port -> new Tiering(port, parts.tier().orElseThrow().limits()))
            .orElse(Tiering.NONE),
        Eyes.NONE,
        opened.executor(),
        SystemNanoClock.INSTANCE);
    ActorRef<Command> self = context.getSelf();
    this.host = new AgentHost(
        loop,
        new StepIdleStrategy(),
        "engine-" + replica.number(),
        cause -> self.tell(new LoopExited(cause)));
  }

  private void start(Optional<GroupStepExecutor> group, TimerScheduler<Command> timers) {
    tier.ifPresent(port -> port.wakeBy(host::wake));
    host.start();
    timers.startTimerWithFixedDelay(Watch.INSTANCE, WATCH_INTERVAL);
    replica.board().replicaUp(epoch, () -> loop.counters().snapshot(), group);
    router.tell(new ReplicaRouter.ReplicaUp(epoch, getContext().getSelf()));
    getContext().getLog().info("replica {} serves, epoch {}", replica.number(), epoch);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    return KnownEnds.inHandler(onEnd, this, () -> {
      switch (message) {
        case Submit submit -> onSubmit(submit);
        case Abort abort -> onAbort(abort);
        case FlushCache flush -> onFlush();
        case LoopExited exited -> throw lost(exited.cause());
        case Watch watch -> onWatch();
      }
    });
  }

  private void onSubmit(Submit submit) {
    Optional<Rejected> refusal = loop.inbox()
        .submit(submit.request(), new OwnerSink(submit.replyTo(), router, System::nanoTime));
    if (refusal.isPresent()) {
      router.tell(new ReplicaRouter.Ended(submit.request().id(), epoch));
      submit.replyTo().tell(refusal.get());
    } else {
      host.wake();
    }
  }

  private void onAbort(Abort abort) {
    loop.inbox().abort(abort.id());
    host.wake();
  }

  private void onFlush() {
    loop.inbox().flushCache();
    host.wake();
  }

  private void onWatch() {
    long ageNanos = host.cycleAgeNanos(System.nanoTime());
    if (ageNanos > stallTimeout.toNanos()) {
      throw lost(Optional.of(new IllegalStateException(
          "the engine loop did not come round for " + ageNanos / 1_000_000 + " ms")));
    }
  }

  private ReplicaLost lost(Optional<Throwable> cause) {
    endReason = "the engine loop ended: " + cause.map(Throwable::toString).orElse("for no reason");
    getContext().getLog().error(endReason, cause.orElse(null));
    return new ReplicaLost(endReason, cause.orElse(null));
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      end();
    }
    return this;
  }

  private void end() {
    if (!host.close(replica.settings().replica().closeTimeout())) {
      replica.onStuckThread().accept("engine-" + replica.number());
      return;
    }
    tier.ifPresent(QueuedTier::leave);
    replica.board().replicaDown(endReason);
    loop.inbox().abandon();
    router.tell(new ReplicaRouter.ReplicaDown(epoch));
    close(opened);
  }

  private static void close(OpenedRank rank) {
    rank.executor().close();
    rank.release().run();
  }
}
