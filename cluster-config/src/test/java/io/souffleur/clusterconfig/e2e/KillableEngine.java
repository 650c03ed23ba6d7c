package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.souffleur.actors.ActorsSettings;
import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineNode;
import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.ReplicaParts;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.cli.ProcessOptions.Isolation;
import io.souffleur.clusterconfig.launch.EngineParts;
import io.souffleur.clusterconfig.launch.EnginePlan;
import io.souffleur.clusterconfig.launch.ServedModel;
import io.souffleur.clusterconfig.rank.LoadedRank;
import io.souffleur.clusterconfig.rank.RankMain;
import io.souffleur.clusterconfig.rank.RankRecipe;
import io.souffleur.models.Progress;
import io.souffleur.shard.LocalStepExecutor;
import io.souffleur.shard.StepRunner;
import io.souffleur.transport.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.Awaitility;

/**
 * An engine as {@code serve} makes it, whose rank processes take {@link KillOrders}, or whose rank in this
 * process has a wrapped runner.
 */
final class KillableEngine implements AutoCloseable {
  static final Duration STEP_DEADLINE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int DESCRIPTOR_SLACK = 8;
  private static final String SETTINGS = """
      io.souffleur.actors.rank {
        step-deadline = %d ms
        start-timeout = 30s
        restart-timeout-min = 3s
        deaths-max = 1000000
      }
      """;

  final EngineClient client;
  final ActorSystem<Void> system;
  final KillOrders orders;
  private final Path runParent;
  private final int rankProcesses;
  private final Footprint atStart;

  /** @param words of the command line */
  KillableEngine(String... words) throws Exception {
    this(Isolation.PROCESS, UnaryOperator.identity(), words);
  }

  /** @param wrap what is done to the runner of every rank in this process */
  static KillableEngine inThread(UnaryOperator<StepRunner> wrap, String... words) throws Exception {
    return new KillableEngine(Isolation.THREAD, wrap, words);
  }

  private KillableEngine(Isolation isolation, UnaryOperator<StepRunner> wrap, String... words)
      throws Exception {
    Config config = ActorsSettings.systemConfig(
        ConfigFactory.parseString(SETTINGS.formatted(STEP_DEADLINE.toMillis())));
    var options = LaunchWords.options(words);
    ServedModel model = ServedModel.open(options);
    EnginePlan plan = EnginePlan.of(options, model, config);
    String fingerprint = LoadedRank.prepare(plan.recipe(), Progress.NONE);
    runParent = Files.createTempDirectory(RunDirectory.defaultParent(), "kill-matrix-");
    orders = new KillOrders(Files.createTempFile("kill-orders", ".txt"));
    ReplicaParts real = EngineParts.of(plan, isolation, fingerprint);
    ReplicaParts parts = switch (isolation) {
      case PROCESS -> killable(real);
      case THREAD -> wrapped(real, plan.recipe(), wrap);
    };
    rankProcesses = isolation == Isolation.PROCESS ? 1 : 0;
    CompletableFuture<EngineClient> made = new CompletableFuture<>();
    Behavior<Void> guardian = Behaviors.setup(context -> {
      made.complete(EngineNode.spawn(
          context, ActorsSettings.from(config), model.card(), model.text(), parts));
      return Behaviors.empty();
    });
    system = ActorSystem.create(guardian, "kill-matrix", config);
    client = made.join();
    EngineStatus status = client.whenStarted().toCompletableFuture().get(1, TimeUnit.MINUTES);
    assertEquals(EngineStatus.Phase.READY, status.phase(), status.detail());
    atStart = footprint();
  }

  private static ReplicaParts wrapped(
      ReplicaParts real, RankRecipe recipe, UnaryOperator<StepRunner> wrap) {
    return new ReplicaParts(
        real.settings(), real.layout(), real.capacity(), new ReplicaParts.InThread(epoch -> {
          LoadedRank rank = LoadedRank.inMemory(recipe);
          return new ReplicaParts.OpenedRank(
              new LocalStepExecutor(
                  wrap.apply(rank.runner()), failure -> wrap.apply(renewed(rank))),
              rank::close);
        }));
  }

  private static StepRunner renewed(LoadedRank rank) {
    try {
      return rank.renew();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private Footprint footprint() throws IOException {
    return Footprint.of(
        rankProcesses == 0
            ? ProcessHandle.current().pid()
            : RankProcesses.alive().getFirst().pid());
  }

  private ReplicaParts killable(ReplicaParts real) {
    var supply = (ReplicaParts.InProcess) real.supply();
    return new ReplicaParts(
        real.settings(),
        real.layout(),
        real.capacity(),
        new ReplicaParts.InProcess(
            seat -> killable(supply.command().apply(seat)),
            supply.expected(),
            runParent,
            supply.transport()));
  }

  /** The command of a rank with another main class and one more argument. */
  private List<String> killable(List<String> real) {
    List<String> command = new ArrayList<>(real);
    command.set(command.indexOf(RankMain.class.getName()), KillableRankMain.class.getName());
    command.add(orders.file().toString());
    return command;
  }

  EngineStatus status() {
    return client.status();
  }

  long counter(String name) {
    return status().counter(name);
  }

  static void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(PATIENCE)
        .until(condition::getAsBoolean);
  }

  /** Every request is over: pages, slots and processes are back, and requests add up. */
  void assertNothingIsHeld() {
    until(() -> status().running() + status().waiting() == 0
        && counter("pages-used") + counter("slots-used") == 0);
    assertEquals(
        counter("requests-accepted"),
        counter("requests-completed") + counter("requests-failed") + counter("requests-cancelled"));
    assertEquals(0, counter("requests-lost"));
    until(() -> status().rankReady() && RankProcesses.alive().size() == rankProcesses);
  }

  /** After any number of ranks: as many files and threads as with the first. */
  void assertFootprint() throws IOException {
    until(() -> {
      try {
        Footprint now = footprint();
        return now.files() <= atStart.files() + DESCRIPTOR_SLACK
            && now.threads() <= atStart.threads() + DESCRIPTOR_SLACK;
      } catch (IOException rankGone) {
        return false;
      }
    });
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    until(() -> RankProcesses.alive().isEmpty());
    try (var left = Files.list(runParent)) {
      assertEquals(List.of(), left.toList());
    }
    Files.delete(runParent);
    assertTrue(Files.deleteIfExists(orders.file()));
  }
}
