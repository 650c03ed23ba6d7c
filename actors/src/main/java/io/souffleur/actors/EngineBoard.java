package io.souffleur.actors;

import io.souffleur.actors.EngineStatus.Phase;
import io.souffleur.cache.tier.TierCounters;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.shard.GroupStepExecutor;
import io.souffleur.transport.TransportCounters;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What is known of one engine, across all its epochs: actors write to it, anybody reads a snapshot.
 *
 * <p>It is also where the two numbers live that must never go back: epoch and incarnation. Each writer
 * has its own field; nothing is decided from what is read here.
 */
final class EngineBoard {
  private record Life(Phase phase, String detail, long epoch) {}

  /** The parts of the epoch that runs now. */
  private record Running(
      long epoch, Supplier<EngineSnapshot> engine, Optional<GroupStepExecutor> group) {}

  private final AtomicReference<Life> life =
      new AtomicReference<>(new Life(Phase.STARTING, "loading", 0));
  private final AtomicReference<Optional<Running>> running =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<String> repair = new AtomicReference<>("");
  private final AtomicReference<TransportCounters> transport = new AtomicReference<>();
  private final Map<TierKind, TierCounters> tiers = new ConcurrentHashMap<>();
  private final AtomicLong epochs = new AtomicLong();
  private final AtomicInteger incarnations = new AtomicInteger();
  private final LongAdder rankStarts = new LongAdder();
  private final LongAdder rankDeaths = new LongAdder();
  private final LongAdder replicaRebuilds = new LongAdder();
  private final Map<String, Long> totalsBefore = new ConcurrentHashMap<>();
  private final CompletableFuture<EngineStatus> started = new CompletableFuture<>();
  private final CompletableFuture<String> failed = new CompletableFuture<>();

  // ---- actors ----

  /** A replica begins: its epoch, larger than every one before. */
  long nextEpoch() {
    long epoch = epochs.incrementAndGet();
    if (epoch > 1) {
      replicaRebuilds.increment();
    }
    change(now -> new Life(phaseWhileBuilding(now), "epoch " + epoch + " is being built", epoch));
    return epoch;
  }

  private static Phase phaseWhileBuilding(Life now) {
    return now.phase == Phase.DRAINING ? Phase.DRAINING : Phase.STARTING;
  }

  int nextIncarnation() {
    rankStarts.increment();
    return incarnations.incrementAndGet();
  }

  void rankDied() {
    rankDeaths.increment();
  }

  /** Something is being replaced without the replica's end; empty when it is whole again. */
  void repairing(String what) {
    repair.set(what);
  }

  void transportUp(TransportCounters counters) {
    transport.set(counters);
  }

  /** Of the tier of a kind, in all epochs. */
  TierCounters tierCounters(TierKind kind) {
    return tiers.computeIfAbsent(kind, first -> new TierCounters());
  }

  /** The parts of an epoch are whole; requests may come once the router knows, see {@link #serving}. */
  void replicaUp(long epoch, Supplier<EngineSnapshot> engine, Optional<GroupStepExecutor> group) {
    running.set(Optional.of(new Running(epoch, engine, group)));
  }

  /** The router gives requests to this epoch, unless it ended meanwhile. */
  void serving(long epoch) {
    change(now -> now.phase == Phase.STARTING
            && running.get().map(Running::epoch).filter(up -> up == epoch).isPresent()
        ? new Life(Phase.READY, "", epoch)
        : now);
  }

  /** The epoch is over; its totals are kept. */
  void replicaDown(String reason) {
    running
        .getAndSet(Optional.empty())
        .ifPresent(over -> over.engine.get().asMap().forEach((name, value) -> {
          if (!EngineGauges.isGauge(name)) {
            totalsBefore.merge(name, value, Long::sum);
          }
        }));
    repair.set("");
    change(now ->
        now.phase == Phase.FAILED ? now : new Life(phaseWhileBuilding(now), reason, now.epoch));
  }

  void draining() {
    change(now -> now.phase == Phase.FAILED ? now : new Life(Phase.DRAINING, "", now.epoch));
  }

  void failed(String reason) {
    change(now -> new Life(Phase.FAILED, reason, now.epoch));
    failed.complete(reason);
  }

  private void change(UnaryOperator<Life> next) {
    if (life.updateAndGet(next).phase != Phase.STARTING && !started.isDone()) {
      started.complete(status());
    }
  }

  // ---- readers ----

  Phase phase() {
    return life.get().phase;
  }

  CompletionStage<EngineStatus> whenStarted() {
    return started.minimalCompletionStage();
  }

  CompletionStage<String> whenFailed() {
    return failed.minimalCompletionStage();
  }

  EngineStatus status() {
    Life now = life.get();
    Optional<Running> parts = running.get();
    Optional<EngineSnapshot> engine = parts.map(each -> each.engine.get());
    Map<String, Long> counters = new TreeMap<>(totalsBefore);
    engine.ifPresent(snapshot ->
        snapshot.asMap().forEach((name, value) -> counters.merge(name, value, Long::sum)));
    TransportCounters streams = transport.get();
    if (streams != null) {
      counters.putAll(streams.snapshot());
    }
    tiers.forEach((kind, tier) -> tier.into(kind.label(), counters));
    counters.put("rank-starts", rankStarts.sum());
    counters.put("rank-deaths", rankDeaths.sum());
    counters.put("replica-rebuilds", replicaRebuilds.sum());
    counters.put(
        "rank-results-dropped",
        parts.flatMap(Running::group).map(GroupStepExecutor::resultsDropped).orElse(0L));
    return new EngineStatus(
        now.phase,
        now.detail.isEmpty() ? repair.get() : now.detail,
        parts.isPresent() && repair.get().isEmpty(),
        engine.map(snapshot -> snapshot.progressAgeNanos(System.nanoTime())).orElse(0L),
        engine.map(EngineSnapshot::running).orElse(0),
        engine.map(EngineSnapshot::waiting).orElse(0),
        now.epoch,
        incarnations.get(),
        counters);
  }
}
