package io.souffleur.actors;

import io.souffleur.actors.RankLauncher.RankLink;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.shard.GroupStepExecutor;
import io.souffleur.transport.FrontStepChannel;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.ResultListener;
import io.souffleur.transport.StepAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Owns one rank of a replica: starts its process, checks its hello, watches it, replaces it.
 *
 * <pre>
 *   starting ──hello──▶ serving ──death──▶ starting (next incarnation, same epoch)
 *      │ refused, or hello does not fit: ReplicaRefused
 *      └ too many self-inflicted deaths: ReplicaLost
 * </pre>
 *
 * <p>A rank is replaced only after its exit was reaped, so two never write the same pages. A step that
 * takes longer than its deadline is a hang: the rank is killed. Lives on the host dispatcher.
 */
final class ExpertShardActor extends AbstractMatchingBehavior<ExpertShardActor.Command> {
  private static final Duration HELLO_INTERVAL = Duration.ofMillis(10);
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(100);
  private static final Duration REAP_TIMEOUT = Duration.ofSeconds(10);
  private static final int HELLO_LIMIT = 4;
  private static final int RESTART_FACTOR = 10;

  sealed interface Command {}

  private record RankExited(int incarnation, RankExit exit) implements Command {}

  private enum Tick implements Command {
    /** Look for the hello, or at the deadline. */
    LOOK,
    START
  }

  private final EngineBoard board;
  private final ActorsSettings.Rank settings;
  private final RankHost ranks;
  private final GroupStepExecutor executor;
  private final long epoch;
  private final int rank;
  private final ActorRef<EngineSupervisor.Command> parent;
  private final TimerScheduler<Command> timers;
  private final RankDeaths deaths;

  private RankLink link;
  private FrontStepChannel pending;
  private int incarnation;
  private long startedNanos;
  private boolean serving;
  private boolean everReady;
  private Duration slowestStart = Duration.ZERO;
  private long crashesExplained;
  private Optional<String> killedFor = Optional.empty();

  static Behavior<Command> create(
      Replica replica,
      RankHost ranks,
      GroupStepExecutor executor,
      long epoch,
      ActorRef<EngineSupervisor.Command> parent) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      var actor = new ExpertShardActor(context, timers, replica, ranks, executor, epoch, parent);
      return KnownEnds.inHandler(actor::onEnd, actor, actor::startRank);
    }));
  }

  private ExpertShardActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Replica replica,
      RankHost ranks,
      GroupStepExecutor executor,
      long epoch,
      ActorRef<EngineSupervisor.Command> parent) {
    super(context);
    context.setLoggerName(ExpertShardActor.class);
    this.timers = timers;
    this.board = replica.board();
    this.settings = replica.settings().rank();
    this.ranks = ranks;
    this.executor = executor;
    this.epoch = epoch;
    this.rank = 0;
    this.parent = parent;
    this.deaths = new RankDeaths(settings);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    return KnownEnds.inHandler(this::onEnd, this, () -> {
      switch (message) {
        case RankExited exited -> onRankExited(exited);
        case Tick tick -> onTick(tick);
      }
    });
  }

  private void onTick(Tick tick) {
    if (tick == Tick.START) {
      startRank();
    } else if (serving) {
      watchStep();
    } else {
      lookForHello();
    }
  }

  private void onEnd(RuntimeException end) {
    parent.tell(new EngineSupervisor.PartEnded(epoch, end));
  }

  // ---- starting ----

  private void startRank() {
    incarnation = board.nextIncarnation();
    StepAddress address = new StepAddress(rank, epoch, incarnation);
    pending = ranks.opener().open(address);
    startedNanos = System.nanoTime();
    serving = false;
    killedFor = Optional.empty();
    int started = incarnation;
    ActorRef<Command> self = getContext().getSelf();
    try {
      link = ranks
          .launcher()
          .launch(ranks.seat(address), exit -> self.tell(new RankExited(started, exit)));
    } catch (IOException notStarted) {
      closeStreams();
      throw new ReplicaRefused("cannot start a rank: " + notStarted.getMessage(), notStarted);
    }
    getContext()
        .getLog()
        .info("rank {} starts as process {}, incarnation {}", rank, link.pid(), incarnation);
    timers.startTimerWithFixedDelay(Tick.LOOK, HELLO_INTERVAL);
  }

  private void lookForHello() {
    HelloListener heard = new HelloListener();
    pending.poll(heard, HELLO_LIMIT);
    if (heard.hello.isPresent()) {
      onHello(heard.hello.get());
    } else if (ageNanos() > startPatience().toNanos()) {
      kill("it did not get ready within " + startPatience());
    }
  }

  /** A rank that hangs while it loads is found sooner once it is known how long loading takes. */
  private Duration startPatience() {
    if (!everReady) {
      return settings.startTimeout();
    }
    Duration usual = slowestStart.multipliedBy(RESTART_FACTOR);
    Duration patience = longer(usual, settings.restartTimeoutMin());
    return patience.compareTo(settings.startTimeout()) < 0 ? patience : settings.startTimeout();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private void onHello(RankHello hello) {
    Optional<String> mismatch = hello.mismatch(ranks.expected());
    if (mismatch.isPresent()) {
      throw new ReplicaRefused(mismatch.get());
    }
    executor.connect(pending);
    pending = null;
    serving = true;
    slowestStart = longer(slowestStart, Duration.ofNanos(ageNanos()));
    board.repairing("");
    timers.startTimerWithFixedDelay(Tick.LOOK, WATCH_INTERVAL);
    getContext()
        .getLog()
        .info(
            "rank {} is ready after {} ms, incarnation {}",
            rank,
            ageNanos() / 1_000_000,
            incarnation);
    if (!everReady) {
      everReady = true;
      parent.tell(new EngineSupervisor.ShardReady(epoch, rank));
    }
  }

  private long ageNanos() {
    return System.nanoTime() - startedNanos;
  }

  // ---- serving ----

  private void watchStep() {
    long stepNanos = executor.stepAgeNanos(System.nanoTime());
    if (stepNanos > settings.stepDeadline().toNanos()) {
      kill("a step took longer than " + settings.stepDeadline());
    }
  }

  private void kill(String reason) {
    if (killedFor.isEmpty()) {
      killedFor = Optional.of(reason);
      getContext().getLog().warn("rank {} is killed: {}", rank, reason);
      link.kill();
    }
  }

  // ---- death ----

  private void onRankExited(RankExited exited) {
    if (exited.incarnation() != incarnation) {
      return;
    }
    boolean hadBeenReady = serving;
    serving = false;
    timers.cancel(Tick.LOOK);
    if (hadBeenReady && killedFor.isEmpty() && exited.exit().selfInflicted()) {
      executor.rankCrashed(incarnation);
    }
    closeStreams();
    board.rankDied();
    String reason = reason(exited.exit());
    board.repairing(reason);
    if (exited.exit().refused()) {
      throw new ReplicaRefused(reason);
    }
    forgiveExplainedDeaths();
    boolean selfInflicted = killedFor.isPresent() || exited.exit().selfInflicted();
    if (deaths.exhausted(selfInflicted, System.nanoTime())) {
      throw new ReplicaLost(reason + "; that is more often than " + settings.deathsMax()
          + " times within " + settings.deathsWindow());
    }
    Duration pause = deaths.pause(hadBeenReady);
    getContext().getLog().warn("{}; next start in {} ms", reason, pause.toMillis());
    if (pause.isZero()) {
      startRank();
    } else {
      timers.startSingleTimer(Tick.START, pause);
    }
  }

  /** A request that crashes ranks is refused in the end; the deaths it cost are not the rank's fault. */
  private void forgiveExplainedDeaths() {
    long explained = executor.crashesExplained();
    if (explained != crashesExplained) {
      crashesExplained = explained;
      deaths.forgive();
    }
  }

  private String reason(RankExit exit) {
    String why = killedFor.orElse(exit.toString());
    String failure = executor.lastFailure();
    String words = failure.isEmpty() ? link.lastWords() : failure;
    return "rank " + rank + " died (" + why + ")" + (words.isEmpty() ? "" : ": " + words);
  }

  private void closeStreams() {
    executor.disconnect();
    if (pending != null) {
      pending.close();
      pending = null;
    }
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop && link != null) {
      link.kill();
      if (!link.awaitExit(REAP_TIMEOUT)) {
        getContext().getLog().error("process {} of rank {} does not end", link.pid(), rank);
      }
      closeStreams();
    }
    return this;
  }

  /** Before the hello nothing else can come from this incarnation. */
  private static final class HelloListener implements ResultListener {
    private Optional<RankHello> hello = Optional.empty();

    @Override
    public void onHello(RankHello said) {
      hello = Optional.of(said);
    }

    @Override
    public void onResult(StepResult result) {}

    @Override
    public void onFailed(StepId id, String message) {}
  }
}
