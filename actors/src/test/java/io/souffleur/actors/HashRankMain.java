package io.souffleur.actors;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.shard.Rank;
import io.souffleur.shard.RankSeat;
import io.souffleur.shard.RankServer;
import io.souffleur.shard.StepRunner;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A rank process with the hash model on the front's shared-memory files; slow, so that kills hit. */
final class HashRankMain {
  /** Behaviour of the rank, its argument after the seat. */
  enum Mode {
    WELL,
    /** Throws at the tenth step, so that no such rank ever gets far. */
    THROWS,
    /** Never ends the tenth step. */
    HANGS,
    /** Says that it speaks another dialect of numbers. */
    OTHER_NUMERICS,
    /** Cannot be loaded. */
    REFUSES
  }

  static final RankHello HELLO =
      new RankHello(0, HashModel.LAYOUT, TestEngine.CAPACITY, "hash/1", "test");

  private static final long HALF_STEP_NANOS = 1_000_000;

  private HashRankMain() {}

  public static void main(String[] arguments) {
    RankSeat seat = RankSeat.parse(List.of(arguments));
    Mode mode = Mode.valueOf(RankSeat.rest(List.of(arguments)).getFirst());
    new RankServer(seat, TransportSettings.DEFAULT).run(own -> load(own, mode));
  }

  private static Rank load(RankSeat seat, Mode mode) throws IOException {
    if (mode == Mode.REFUSES) {
      throw new IOException("no weights here");
    }
    KvStore kv = KvStore.open(seat.kvFile(), HashModel.LAYOUT, TestEngine.CAPACITY);
    StateStore states = StateStore.open(seat.stateFile(), HashModel.LAYOUT, TestEngine.CAPACITY);
    HashModel model = new HashModel(kv.pool(), states.pool());
    String fingerprint = mode == Mode.OTHER_NUMERICS ? "hash/2" : HELLO.fingerprint();
    return new Rank(
        new Slow(model, states, mode),
        new RankHello(
            ProcessHandle.current().pid(),
            HELLO.layout(),
            HELLO.capacity(),
            fingerprint,
            HELLO.version()));
  }

  /** Leaves garbage in every slot it is going to write for half of the step, as a kernel would. */
  private record Slow(HashModel model, StateStore states, Mode mode) implements StepRunner {
    @Override
    public void execute(StepPlan plan, StepResult result) {
      if (plan.step() >= 10 && mode == Mode.THROWS) {
        throw new IllegalStateException("the kernel threw");
      }
      for (int run = 0; run < plan.runCount(); run++) {
        states.slot(plan.runWriteSlot(run)).fill((byte) 0xFF);
      }
      LockSupport.parkNanos(HALF_STEP_NANOS);
      while (plan.step() >= 10 && mode == Mode.HANGS) {
        LockSupport.parkNanos(HALF_STEP_NANOS);
      }
      model.execute(plan, result);
      LockSupport.parkNanos(HALF_STEP_NANOS);
    }
  }

  /** The supply of an engine whose ranks are such processes. */
  static ReplicaParts.InProcess supply(Path runParent, Mode mode) {
    return new ReplicaParts.InProcess(
        seat -> command(seat, mode), HELLO, runParent, TransportSettings.DEFAULT);
  }

  private static List<String> command(RankSeat seat, Mode mode) {
    List<String> command = new ArrayList<>(javaCommand());
    command.add(HashRankMain.class.getName());
    command.addAll(seat.toArguments());
    command.add(mode.name());
    return command;
  }

  /** A JVM with this test's class path that starts quickly. */
  static List<String> javaCommand() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx128m",
        "-cp",
        System.getProperty("java.class.path"));
  }
}
