package io.souffleur.actors;

import io.souffleur.actors.ReplicaParts.InProcess;
import io.souffleur.actors.ReplicaParts.InThread;
import io.souffleur.tokenizer.TextAssets;
import io.souffleur.transport.RunDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The top of an engine on one node: starts the transport with its replica, starts them again when the
 * driver was lost, and says so when there is no hope.
 *
 * <p>{@link #spawn} is the only way in. Stopping this actor, or the whole system, ends ranks, deletes the
 * run directory and closes the driver, in this order.
 */
public final class EngineNode extends AbstractMatchingBehavior<EngineNode.Command> {
  /** Messages are this module's own. */
  public sealed interface Command {}

  private enum Start implements Command {
    INSTANCE
  }

  private record Refused(String reason) implements Command {}

  private static final DispatcherSelector HOST =
      DispatcherSelector.fromConfig(ActorsSettings.HOST_DISPATCHER);
  private static final int EXIT_STUCK = 70;

  private final Replica replica;
  private final ActorRef<ReplicaRouter.Command> router;
  private final TimerScheduler<Command> timers;
  private final ActorsSettings.Replica limits;
  private final DeathCount losses;
  private Optional<RunDirectory> run = Optional.empty();
  private boolean gaveUp;

  /**
   * Starts an engine as children of {@code parent}: {@code router}, {@code prompts} and {@code engine}.
   * None of them ends by itself, so {@code parent} watches them and ends with the first that does.
   *
   * @param text tokenizer and template of the model that {@code card} describes
   */
  public static EngineClient spawn(
      ActorContext<?> parent,
      ActorsSettings settings,
      ModelCard card,
      TextAssets text,
      ReplicaParts parts) {
    return spawn(parent, settings, card, text, parts, EngineNode::halt);
  }

  static EngineClient spawn(
      ActorContext<?> parent,
      ActorsSettings settings,
      ModelCard card,
      TextAssets text,
      ReplicaParts parts,
      Consumer<String> onStuckThread) {
    EngineBoard board = new EngineBoard();
    Replica replica = new Replica(0, parts, settings, board, onStuckThread);
    var router = parent.spawn(ReplicaRouter.create(settings.router(), board), "router");
    var prompts = parent.spawn(
        PromptDesk.create(settings.prompt(), new PromptPreparer(text, card)), "prompts");
    parent.watch(router);
    parent.watch(prompts);
    parent.watch(parent.spawn(create(replica, router), "engine"));
    return new NodeEngineClient(router, prompts, board, card, text);
  }

  private static void halt(String thread) {
    System.err.println("thread " + thread + " does not end: the process ends instead");
    Runtime.getRuntime().halt(EXIT_STUCK);
  }

  private static Behavior<Command> create(Replica replica, ActorRef<ReplicaRouter.Command> router) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      var node = new EngineNode(context, timers, replica, router);
      node.open();
      node.start();
      return node;
    }));
  }

  private EngineNode(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Replica replica,
      ActorRef<ReplicaRouter.Command> router) {
    super(context);
    context.setLoggerName(EngineNode.class);
    this.timers = timers;
    this.replica = replica;
    this.router = router;
    this.limits = replica.settings().replica();
    this.losses = new DeathCount(limits.rebuildsMax(), limits.rebuildWindow());
  }

  /** With the rank in this process, files are needed for the cells of a tier only. */
  private void open() {
    if (replica.parts().tier().isEmpty() || replica.parts().supply() instanceof InProcess) {
      return;
    }
    try {
      run = Optional.of(RunDirectory.create(RunDirectory.defaultParent()));
      run.get().requireFree(replica.parts().tier().get().sharedBytes(), "the tier of the cache");
    } catch (IOException refused) {
      giveUp(refused.getMessage());
    }
  }

  private void start() {
    if (gaveUp) {
      return;
    }
    ActorRef<ReplicaRefused> onRefused = getContext()
        .messageAdapter(ReplicaRefused.class, refused -> new Refused(refused.getMessage()));
    ActorRef<?> child = switch (replica.parts().supply()) {
      case InThread thread ->
        getContext()
            .spawn(
                EngineSupervisor.create(
                    replica, Optional.empty(), run.map(RunDirectory::path), router, onRefused),
                "replica-" + replica.number());
      case InProcess process ->
        getContext()
            .spawn(TransportActor.create(replica, process, router, onRefused), "transport", HOST);
    };
    getContext().watch(child);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Start again -> start();
      case Refused refused -> giveUp(refused.reason());
    }
    return this;
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    switch (signal) {
      case ChildFailed failed -> onChildFailed(Causes.of(failed));
      case Terminated ended -> giveUp(ended.getRef().path().name() + " ended");
      case PostStop stop -> close();
      default -> {
        return Behaviors.unhandled();
      }
    }
    return this;
  }

  private void close() {
    try {
      if (run.isPresent()) {
        run.get().close();
      }
    } catch (IOException left) {
      getContext().getLog().warn("left {}: {}", run.get().path(), left.getMessage());
    }
  }

  private void onChildFailed(RuntimeException cause) {
    boolean inProcess = replica.parts().supply() instanceof InProcess;
    if (cause instanceof ReplicaRefused || !inProcess) {
      giveUp(cause.getMessage());
    } else if (losses.exhausted(System.nanoTime())) {
      giveUp(cause.getMessage() + "; that is more often than " + limits.rebuildsMax()
          + " times within " + limits.rebuildWindow());
    } else {
      Duration pause = limits.backoffMin();
      getContext()
          .getLog()
          .warn("{}; starting again in {} ms", cause.getMessage(), pause.toMillis());
      timers.startSingleTimer(Start.INSTANCE, pause);
    }
  }

  /** The first reason counts; what ends in its wake is no news. */
  private void giveUp(String reason) {
    if (gaveUp) {
      return;
    }
    gaveUp = true;
    getContext().getLog().error("the engine has failed: {}", reason);
    replica.board().failed(reason);
    router.tell(new ReplicaRouter.GivenUp(reason));
  }
}
