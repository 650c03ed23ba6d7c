package io.souffleur.clusterconfig.launch;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.souffleur.actors.ActorsSettings;
import io.souffleur.actors.EngineClient;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.clusterconfig.cli.ProcessOptions;
import io.souffleur.clusterconfig.cli.ServerOptions;
import io.souffleur.clusterconfig.node.NodeGuardian;
import io.souffleur.clusterconfig.rank.LoadedRank;
import io.souffleur.http.HttpSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A node from launch to end: loads, starts the actors, waits until they serve, drains, stops.
 *
 * <p>Made on the main thread; {@link #close} may be called on any.
 */
public final class RunningNode implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration TIER_PATIENCE = Duration.ofSeconds(5);
  private static final String SYSTEM = "souffleur";

  private final ActorSystem<NodeGuardian.Command> system;
  private final NodeGuardian.Ready ready;
  private final ServedModel model;

  private RunningNode(
      ActorSystem<NodeGuardian.Command> system, NodeGuardian.Ready ready, ServedModel model) {
    this.system = system;
    this.ready = ready;
    this.model = model;
  }

  /** Loads and starts a node that listens; tells {@code err} what an operator wants to see. */
  public static RunningNode serve(LaunchOptions options, PrintStream err)
      throws LaunchError, InterruptedException {
    return start(options, err, true);
  }

  /** Loads and starts a node without a socket; says nothing but what went wrong. */
  public static RunningNode quiet(LaunchOptions options, PrintStream err)
      throws LaunchError, InterruptedException {
    return start(options, err, false);
  }

  private static RunningNode start(LaunchOptions options, PrintStream err, boolean listens)
      throws LaunchError, InterruptedException {
    Config config = ActorsSettings.systemConfig(
        stepDeadline(options.process()).withFallback(overrides(options.server())));
    ServedModel model = ServedModel.open(options);
    model.notices().forEach(err::println);
    EnginePlan plan = EnginePlan.of(options, model, config);
    if (listens) {
      plan.memory().lines().forEach(err::println);
    }
    plan.memory().warnings().forEach(err::println);
    long loadNanos = System.nanoTime();
    String fingerprint = prepare(plan, err);
    double loadSeconds = (System.nanoTime() - loadNanos) / 1e9;
    var parts = new NodeGuardian.Parts(
        ActorsSettings.from(config),
        model.card(),
        model.text(),
        EngineParts.of(
            plan,
            options.process().isolation(),
            fingerprint,
            TierPlan.of(options, model, plan, fingerprint)),
        listens
            ? Optional.of(httpSettings(config).withKeys(options.server().keys()))
            : Optional.empty(),
        LaunchFacts.of(options, model, plan, loadSeconds));
    CompletableFuture<NodeGuardian.Ready> ready = new CompletableFuture<>();
    var system = ActorSystem.create(NodeGuardian.create(parts, ready), SYSTEM, config);
    return new RunningNode(system, await(system, ready), model);
  }

  private static HttpSettings httpSettings(Config config) throws LaunchError {
    try {
      return HttpSettings.from(config);
    } catch (IllegalArgumentException refused) {
      throw new LaunchError(refused.getMessage());
    }
  }

  private static String prepare(EnginePlan plan, PrintStream err) throws LaunchError {
    LoadProgress progress = new LoadProgress(err);
    try {
      return LoadedRank.prepare(plan.recipe(), progress);
    } catch (IOException refused) {
      throw new LaunchError(refused.getMessage());
    } finally {
      progress.done();
    }
  }

  private static NodeGuardian.Ready await(
      ActorSystem<NodeGuardian.Command> system, CompletableFuture<NodeGuardian.Ready> ready)
      throws LaunchError, InterruptedException {
    try {
      return ready.get();
    } catch (ExecutionException failed) {
      stop(system);
      throw new LaunchError(failed.getCause().getMessage());
    }
  }

  private static Config stepDeadline(ProcessOptions process) {
    return process
        .stepDeadline()
        .map(deadline -> ConfigFactory.parseMap(
            Map.of("io.souffleur.actors.rank.step-deadline", deadline), "command line"))
        .orElseGet(ConfigFactory::empty);
  }

  /** The command line wins over every file. */
  private static Config overrides(ServerOptions server) {
    return ConfigFactory.parseMap(
        Map.of(
            "io.souffleur.http.host", server.host(),
            "io.souffleur.http.port", server.port(),
            "io.souffleur.http.stream-interval", server.streamInterval(),
            "io.souffleur.http.incremental-output", server.incrementalOutput(),
            "io.souffleur.http.cache-report", server.cacheReport(),
            // Signals are handled by the commands, which drain first.
            "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off"),
        "command line");
  }

  public EngineClient client() {
    return ready.client();
  }

  public ServedModel model() {
    return model;
  }

  public ActorSystem<?> system() {
    return system;
  }

  /** Where the node listens; empty for a quiet one. */
  public Optional<InetSocketAddress> address() {
    return ready.address();
  }

  /** Waits until the node has ended, by itself or by {@link #close}. */
  public void awaitEnd() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException ended) {
      throw new IllegalStateException("the node ended badly", ended.getCause());
    }
  }

  /**
   * Lets running requests end for at most {@code patience}, and what they leave reach the tier; new ones
   * are refused meanwhile.
   */
  public void drain(Duration patience) {
    try {
      client().drain().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      awaitTier();
    } catch (TimeoutException | ExecutionException unfinished) {
      system.log().warn("requests still run after {}; they end now", patience);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A rank that is gone, or a full disk, holds nobody up for long. */
  private void awaitTier() throws InterruptedException {
    long deadline = System.nanoTime() + TIER_PATIENCE.toNanos();
    while (client().status().counter("tier-pending") > 0 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    stop(system);
  }

  private static void stop(ActorSystem<?> system) {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException stuck) {
      system.log().error("the node did not stop within {}", STOP_TIMEOUT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
