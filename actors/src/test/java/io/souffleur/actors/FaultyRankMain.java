package io.souffleur.actors;

import io.souffleur.actors.FaultScript.Deed;
import io.souffleur.actors.FaultScript.Fault;
import io.souffleur.actors.FaultScript.Moment;
import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.shard.Rank;
import io.souffleur.shard.RankSeat;
import io.souffleur.shard.RankServer;
import io.souffleur.shard.ShardLoop;
import io.souffleur.shard.StepIdleStrategy;
import io.souffleur.shard.StepRunner;
import io.souffleur.transport.Offer;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.RankStepChannel;
import io.souffleur.transport.StepAddress;
import io.souffleur.transport.TransportCounters;
import io.souffleur.transport.TransportNode;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A rank process with the hash model that does to itself what its {@link FaultScript} says. */
final class FaultyRankMain {
  private static final long STEP_NANOS = 500_000;

  private FaultyRankMain() {}

  public static void main(String[] arguments) throws Exception {
    RankSeat seat = RankSeat.parse(List.of(arguments));
    FaultScript script = FaultScript.parse(RankSeat.rest(List.of(arguments)).getFirst())
        .of(seat.address().incarnation());
    if (script.at(Moment.RESULT_SENT).isPresent()) {
      serveUntilAResultIsSent(seat, load(seat, script), script);
    }
    new RankServer(seat, TransportSettings.DEFAULT).run(own -> load(own, script));
  }

  private static Rank load(RankSeat seat, FaultScript script) throws IOException {
    script.at(Moment.LOADING).ifPresent(fault -> perform(fault.deed()));
    KvStore kv = KvStore.open(seat.kvFile(), HashModel.LAYOUT, TestEngine.CAPACITY);
    StateStore states = StateStore.open(seat.stateFile(), HashModel.LAYOUT, TestEngine.CAPACITY);
    RankHello said = HashRankMain.HELLO;
    return new Rank(
        new Runner(new HashModel(kv.pool(), states.pool()), states, script),
        new RankHello(
            ProcessHandle.current().pid(),
            said.layout(),
            said.capacity(),
            said.fingerprint(),
            said.version()));
  }

  private record Runner(HashModel model, StateStore states, FaultScript script)
      implements StepRunner {
    @Override
    public void execute(StepPlan plan, StepResult result) {
      for (int run = 0; run < plan.runCount(); run++) {
        states.slot(plan.runWriteSlot(run)).fill((byte) 0xFF);
      }
      LockSupport.parkNanos(STEP_NANOS);
      for (int run = 0; run < plan.runCount(); run++) {
        script
            .in(plan, run)
            .map(Fault::deed)
            .filter(deed -> deed != Deed.NAN)
            .ifPresent(FaultyRankMain::perform);
      }
      model.execute(plan, result);
      for (int run = 0; run < plan.runCount(); run++) {
        if (script.in(plan, run).isPresent()) {
          states.slot(plan.runWriteSlot(run)).fill((byte) 0xFF);
          result.token(run, StepResult.NOT_FINITE);
        }
      }
    }
  }

  /** Never returns normally. */
  private static void perform(Deed deed) {
    switch (deed) {
      case KILL -> signal(ProcessHandle.current(), "KILL");
      case STOP -> signal(ProcessHandle.current(), "STOP");
      case CRASH -> signal(ProcessHandle.current(), "ABRT");
      case THROW -> throw new IllegalStateException("the kernel threw");
      case NAN -> throw new IllegalArgumentException("NaN comes from a run");
    }
    while (true) {
      LockSupport.park();
    }
  }

  static void signal(ProcessHandle process, String name) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
          .start()
          .waitFor();
    } catch (IOException | InterruptedException notSent) {
      throw new IllegalStateException(notSent);
    }
  }

  private static void serveUntilAResultIsSent(RankSeat seat, Rank rank, FaultScript script) {
    Deed deed = script.at(Moment.RESULT_SENT).orElseThrow().deed();
    var node = TransportNode.join(
        seat.driverDirectory(), TransportSettings.DEFAULT, new TransportCounters());
    RankStepChannel channel = new LastWords(node.openRank(seat.address()), deed);
    var idle = new StepIdleStrategy();
    while (channel.offerHello(rank.hello()) != Offer.SENT) {
      idle.idle();
    }
    ShardLoop loop = new ShardLoop(channel, rank.runner());
    while (true) {
      idle.idle(loop.doWork());
    }
  }

  /** Sends the result of a later step whole, and then does its deed. */
  private record LastWords(RankStepChannel channel, Deed deed) implements RankStepChannel {
    @Override
    public int poll(Consumer<StepPlan> handler, int limit) {
      return channel.poll(handler, limit);
    }

    @Override
    public Offer offer(StepResult result) {
      Offer outcome = channel.offer(result);
      if (outcome == Offer.SENT && result.step() >= 10) {
        perform(deed);
      }
      return outcome;
    }

    @Override
    public Offer offerFailure(StepId id, String message) {
      return channel.offerFailure(id, message);
    }

    @Override
    public Offer offerHello(RankHello hello) {
      return channel.offerHello(hello);
    }

    @Override
    public StepAddress address() {
      return channel.address();
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() {
      channel.close();
    }
  }

  /** The supply of an engine whose ranks are such processes. */
  static ReplicaParts.InProcess supply(Path runParent, FaultScript script) {
    return new ReplicaParts.InProcess(
        seat -> command(seat, script), HashRankMain.HELLO, runParent, TransportSettings.DEFAULT);
  }

  private static List<String> command(RankSeat seat, FaultScript script) {
    List<String> command = new ArrayList<>(HashRankMain.javaCommand());
    command.add(FaultyRankMain.class.getName());
    command.addAll(seat.toArguments());
    command.add(script.argument());
    return command;
  }

  /** Such processes that this JVM has started. */
  static List<ProcessHandle> alive() {
    return ProcessHandle.current()
        .children()
        // The system does not tell long command lines, so the arguments cannot be looked at.
        .filter(each ->
            each.info().command().map(command -> command.endsWith("java")).orElse(false))
        .toList();
  }
}
