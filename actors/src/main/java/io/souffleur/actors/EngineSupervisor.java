package io.souffleur.actors;

import io.souffleur.actors.CacheActor.Shelf;
import io.souffleur.actors.CacheActor.StoreFile;
import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.cache.tier.TierSettings;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.shard.GroupStepExecutor;
import io.souffleur.shard.RankSeat;
import io.souffleur.transport.StepAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One replica: its caches, its rank, its engine loop, all of one epoch.
 *
 * <p>One for all: the death of any child fails this actor; the others are stopped, and when the last has
 * stopped everything is set up again under the next epoch, after a pause. So no two epochs touch the same
 * bytes. A replica that can never run ({@link ReplicaRefused}) is not tried again.
 *
 * <p>Order of setting up: caches, then the rank that maps them, then the engine loop that needs both. With
 * the rank in this process there are only the tiers of the caches and the loop.
 */
final class EngineSupervisor extends AbstractMatchingBehavior<EngineSupervisor.Command> {
  private static final double BACKOFF_JITTER = 0.1;
  private static final DispatcherSelector HOST =
      DispatcherSelector.fromConfig(ActorsSettings.HOST_DISPATCHER);

  /** Words of children. The mailbox outlives a rebuild, so each names the epoch it is said in. */
  sealed interface Command {
    long epoch();
  }

  /** The file of the named cache is there, and the tier below it if there is one. */
  record CacheReady(long epoch, String cache, Optional<TierHost> tier) implements Command {}

  /** The rank takes plans for the first time in this epoch. */
  record ShardReady(long epoch, int rank) implements Command {}

  /** A child stops for a known reason: a {@link ReplicaRefused} or a {@link ReplicaLost}. */
  record PartEnded(long epoch, RuntimeException cause) implements Command {}

  private final Replica replica;
  private final Optional<RankHost> ranks;
  private final ActorRef<ReplicaRouter.Command> router;
  private final ActorRef<ReplicaRefused> onRefused;
  private final long epoch;
  private final GroupStepExecutor executor = new GroupStepExecutor();
  private final Optional<Path> runDirectory;
  private final Set<String> cachesAwaited = new HashSet<>();
  private final List<TierHost> tiers = new ArrayList<>();
  private final Set<ActorRef<?>> parts = new HashSet<>();

  /**
   * @param ranks empty when the rank lives in this process
   * @param runDirectory where files of the epoch lie; empty when there are none
   * @param onRefused hears why the replica can never run; this actor stops then
   */
  static Behavior<Command> create(
      Replica replica,
      Optional<RankHost> ranks,
      Optional<Path> runDirectory,
      ActorRef<ReplicaRouter.Command> router,
      ActorRef<ReplicaRefused> onRefused) {
    ActorsSettings.Replica limits = replica.settings().replica();
    Behavior<Command> one = Behaviors.setup(context -> {
      long epoch = replica.board().nextEpoch();
      var supervisor =
          new EngineSupervisor(context, replica, ranks, runDirectory, router, onRefused, epoch);
      supervisor.build();
      return supervisor;
    });
    return Behaviors.supervise(one)
        .onFailure(
            RuntimeException.class,
            SupervisorStrategy.restartWithBackoff(
                    limits.backoffMin(), limits.backoffMax(), BACKOFF_JITTER)
                .withLoggingEnabled(false)
                .withMaxRestarts(limits.rebuildsMax())
                .withResetBackoffAfter(limits.rebuildWindow()));
  }

  private EngineSupervisor(
      ActorContext<Command> context,
      Replica replica,
      Optional<RankHost> ranks,
      Optional<Path> runDirectory,
      ActorRef<ReplicaRouter.Command> router,
      ActorRef<ReplicaRefused> onRefused,
      long epoch) {
    super(context);
    context.setLoggerName(EngineSupervisor.class);
    this.onRefused = onRefused;
    this.replica = replica;
    this.ranks = ranks;
    this.runDirectory = runDirectory;
    this.router = router;
    this.epoch = epoch;
  }

  private void build() {
    ReplicaParts parts = replica.parts();
    startCache(
        "kv-cache",
        TierKind.PAGE,
        seat -> new StoreFile(
            seat.kvFile(),
            KvStore.bytes(parts.layout(), parts.capacity()),
            () ->
                KvStore.create(seat.kvFile(), parts.layout(), parts.capacity()).close()));
    if (parts.layout().slotBytes() > 0) {
      startCache(
          "mamba-cache",
          TierKind.STATE,
          seat -> new StoreFile(
              seat.stateFile(),
              StateStore.bytes(parts.layout(), parts.capacity()),
              () -> StateStore.create(seat.stateFile(), parts.layout(), parts.capacity())
                  .close()));
    }
    if (cachesAwaited.isEmpty()) {
      startRankOrLoop();
    }
  }

  /** With the rank in this process there is something to keep only if there is a tier. */
  private void startCache(String name, TierKind kind, Function<RankSeat, StoreFile> store) {
    Optional<RankSeat> seat = runDirectory.map(run -> seat(run));
    Optional<TierHost.Plan> tier =
        replica.parts().tier().flatMap(parts -> seat.map(each -> tier(parts, kind, each)));
    Shelf shelf = new Shelf(name, ranks.flatMap(each -> seat).map(store), tier);
    if (shelf.store().isPresent() || shelf.tier().isPresent()) {
      cachesAwaited.add(name);
      startPart(CacheActor.create(shelf, replica, epoch, getContext().getSelf()), name);
    }
  }

  private RankSeat seat(Path run) {
    return new RankSeat(
        new StepAddress(0, epoch, 1), run, ranks.map(RankHost::driverDirectory).orElse(run));
  }

  private TierHost.Plan tier(TierParts parts, TierKind kind, RankSeat seat) {
    Path folder = parts.folder().orElseGet(() -> seat.runDirectory().resolve("tier"));
    var settings = new TierSettings(
        folder,
        kind,
        parts.key().digest(),
        parts.payloadBytes(kind),
        parts.room(kind).fileBytesMax());
    return new TierHost.Plan(settings, seat.cellFile(kind), parts.room(kind).cells(), epoch);
  }

  private void startRankOrLoop() {
    if (ranks.isPresent()) {
      startShard();
    } else {
      startLoop(Optional.empty());
    }
  }

  private void startShard() {
    startPart(
        ExpertShardActor.create(
            replica, ranks.get(), executor, epoch, getContext().getSelf()),
        "shard-r0");
  }

  private void startLoop(Optional<GroupStepExecutor> group) {
    startPart(
        SchedulerActor.create(replica, epoch, group, tiers, router, getContext().getSelf()),
        "scheduler");
  }

  private <T> void startPart(Behavior<T> part, String name) {
    ActorRef<T> child = getContext().spawn(part, name, HOST);
    parts.add(child);
    getContext().watch(child);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    if (message.epoch() != epoch) {
      return this;
    }
    switch (message) {
      case CacheReady cache -> {
        cachesAwaited.remove(cache.cache());
        cache.tier().ifPresent(tiers::add);
        if (cachesAwaited.isEmpty()) {
          startRankOrLoop();
        }
      }
      case ShardReady shard -> startLoop(Optional.of(executor));
      case PartEnded part -> {
        return end(part.cause());
      }
    }
    return this;
  }

  private Behavior<Command> end(RuntimeException cause) {
    if (cause instanceof ReplicaRefused refused) {
      onRefused.tell(refused);
      return Behaviors.stopped();
    }
    getContext().getLog().warn("epoch {} ends: {}", epoch, cause.getMessage());
    throw cause;
  }

  /** A child that ends without a word is handled by nobody, which is a failure too. */
  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof Terminated ended && !parts.contains(ended.getRef())) {
      return this;
    }
    return signal instanceof ChildFailed failed ? end(Causes.of(failed)) : Behaviors.unhandled();
  }
}
