package io.souffleur.clusterconfig.node;

import io.souffleur.actors.ActorsSettings;
import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineNode;
import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.ModelCard;
import io.souffleur.actors.ReplicaParts;
import io.souffleur.http.HttpSettings;
import io.souffleur.http.IngressServer;
import io.souffleur.http.ServerFacts;
import io.souffleur.tokenizer.TextAssets;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The root of a serving node: engine first, socket last, so that an open port means a serving engine.
 *
 * <p>Watches both and ends with the first that ends or has failed for good, which ends the process: whoever
 * started it learns by its exit code.
 */
public final class NodeGuardian extends AbstractMatchingBehavior<NodeGuardian.Command> {
  /** Messages are this actor's own. */
  public sealed interface Command {}

  private record EngineStarted(EngineStatus status) implements Command {}

  private record EngineFailed(String reason) implements Command {}

  private record GiveUp(String reason) implements Command {}

  private record Ingress(IngressServer.Event event) implements Command {}

  /**
   * What a node is made of.
   *
   * @param http empty for a node without a socket (one prompt from the terminal)
   * @param facts what clients may hear of the launch
   */
  public record Parts(
      ActorsSettings actors,
      ModelCard card,
      TextAssets text,
      ReplicaParts replica,
      Optional<HttpSettings> http,
      ServerFacts facts) {}

  /**
   * A node that serves.
   *
   * @param address where it listens; empty without a socket
   */
  public record Ready(EngineClient client, Optional<InetSocketAddress> address) {}

  /** The node cannot serve; the message is for the operator. */
  public static final class NotServing extends Exception {
    private static final long serialVersionUID = 1L;

    NotServing(String message) {
      super(message);
    }
  }

  /** Clients of a failed engine get their answers before the socket goes. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Parts parts;
  private final TimerScheduler<Command> timers;
  private final CompletableFuture<Ready> ready;
  private final EngineClient client;

  /** @param ready completed once, by success or by {@link NotServing} */
  public static Behavior<Command> create(Parts parts, CompletableFuture<Ready> ready) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new NodeGuardian(context, timers, parts, ready)));
  }

  private NodeGuardian(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Parts parts,
      CompletableFuture<Ready> ready) {
    super(context);
    this.timers = timers;
    this.parts = parts;
    this.ready = ready;
    this.client =
        EngineNode.spawn(context, parts.actors(), parts.card(), parts.text(), parts.replica());
    context.pipeToSelf(client.whenStarted(), (status, failure) -> new EngineStarted(status));
    context.pipeToSelf(client.whenFailed(), (reason, failure) -> new EngineFailed(reason));
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case EngineStarted started -> onEngineStarted(started.status());
      case EngineFailed failed -> {
        timers.startSingleTimer(new GiveUp(failed.reason()), LAST_WORDS);
        yield this;
      }
      case GiveUp end -> giveUp(end.reason());
      case Ingress ingress -> onIngress(ingress.event());
    };
  }

  private Behavior<Command> onEngineStarted(EngineStatus status) {
    if (!status.ready()) {
      return giveUp(status.detail());
    }
    if (parts.http().isEmpty()) {
      ready.complete(new Ready(client, Optional.empty()));
      return this;
    }
    ActorContext<Command> context = getContext();
    context.watch(context.spawn(
        IngressServer.create(
            parts.http().get(),
            client,
            parts.facts(),
            context.messageAdapter(IngressServer.Event.class, Ingress::new)),
        "ingress"));
    return this;
  }

  private Behavior<Command> onIngress(IngressServer.Event event) {
    return switch (event) {
      case IngressServer.Listening listening -> {
        ready.complete(new Ready(client, Optional.of(listening.address())));
        yield this;
      }
      case IngressServer.NotListening refused -> giveUp(refused.reason());
    };
  }

  private Behavior<Command> giveUp(String reason) {
    ready.completeExceptionally(new NotServing(reason));
    return Behaviors.stopped();
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    return switch (signal) {
      case Terminated ended -> giveUp(ended.getRef().path().name() + " ended");
      case PostStop stop -> {
        ready.completeExceptionally(new NotServing("the node was stopped"));
        yield this;
      }
      default -> Behaviors.unhandled();
    };
  }
}
