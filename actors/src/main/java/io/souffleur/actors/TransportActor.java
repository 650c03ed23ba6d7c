package io.souffleur.actors;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.transport.RunDirectory;
import io.souffleur.transport.TransportCounters;
import io.souffleur.transport.TransportNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Owns the run directory and the media driver, and is the parent of the replica that uses them: children
 * stop before their parent closes anything.
 *
 * <p>Fails when the driver is lost, and when the replica has given up. Lives on the host dispatcher.
 */
final class TransportActor extends AbstractMatchingBehavior<TransportActor.Command> {
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

  sealed interface Command {}

  private enum Watch implements Command {
    INSTANCE
  }

  private final RunDirectory run;
  private final TransportNode node;

  /** @param onRefused hears why nothing can ever run here; this actor stops then */
  static Behavior<Command> create(
      Replica replica,
      ReplicaParts.InProcess supply,
      ActorRef<ReplicaRouter.Command> router,
      ActorRef<ReplicaRefused> onRefused) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers ->
        KnownEnds.inSetup(end -> onRefused.tell((ReplicaRefused) end), () -> {
          TransportCounters counters = new TransportCounters();
          RunDirectory run = openRun(replica.parts(), supply);
          TransportNode node;
          try {
            node = TransportNode.launch(run.driverDirectory(), supply.transport(), counters);
          } catch (RuntimeException failure) {
            close(run);
            throw failure;
          }
          replica.board().transportUp(counters);
          var actor = new TransportActor(context, run, node);
          actor.start(replica, supply, router, onRefused, timers);
          return actor;
        })));
  }

  private static RunDirectory openRun(ReplicaParts parts, ReplicaParts.InProcess supply) {
    try {
      RunDirectory run = RunDirectory.create(supply.runParent());
      try {
        run.requireFree(neededBytes(parts, supply), "the cache");
      } catch (IOException tooSmall) {
        close(run);
        throw tooSmall;
      }
      return run;
    } catch (IOException refused) {
      throw new ReplicaRefused(refused.getMessage(), refused);
    }
  }

  /** Caches and their tiers, and the step streams of one incarnation and of one that is being closed. */
  private static long neededBytes(ReplicaParts parts, ReplicaParts.InProcess supply) {
    long streams =
        2L * 3 * (supply.transport().planTermBytes() + supply.transport().resultTermBytes());
    return KvStore.bytes(parts.layout(), parts.capacity())
        + StateStore.bytes(parts.layout(), parts.capacity())
        + parts.tier().map(TierParts::sharedBytes).orElse(0L)
        + streams;
  }

  private TransportActor(ActorContext<Command> context, RunDirectory run, TransportNode node) {
    super(context);
    context.setLoggerName(TransportActor.class);
    this.run = run;
    this.node = node;
  }

  private void start(
      Replica replica,
      ReplicaParts.InProcess supply,
      ActorRef<ReplicaRouter.Command> router,
      ActorRef<ReplicaRefused> onRefused,
      TimerScheduler<Command> timers) {
    RankHost ranks = RankHost.of(supply, node, run.path(), run.driverDirectory());
    getContext()
        .watch(getContext()
            .spawn(
                EngineSupervisor.create(
                    replica, Optional.of(ranks), Optional.of(run.path()), router, onRefused),
                "replica-" + replica.number()));
    timers.startTimerWithFixedDelay(Watch.INSTANCE, WATCH_INTERVAL);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    if (!node.isOpen()) {
      throw new ReplicaLost("the media driver is gone: " + node.counters().lastError());
    }
    return this;
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    return switch (signal) {
      case ChildFailed failed -> throw new ReplicaRefused(Causes.of(failed).getMessage());
      case Terminated refusedAndSaidSo -> Behaviors.stopped();
      case PostStop stop -> {
        node.close();
        close(run);
        yield this;
      }
      default -> Behaviors.unhandled();
    };
  }

  private static void close(RunDirectory run) {
    try {
      run.close();
    } catch (IOException left) {
      throw new IllegalStateException("left " + run.path() + ": " + left.getMessage(), left);
    }
  }
}
