package io.souffleur.clusterconfig.e2e;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.clusterconfig.Version;
import io.souffleur.clusterconfig.e2e.KillOrders.Deed;
import io.souffleur.clusterconfig.e2e.KillOrders.Order;
import io.souffleur.clusterconfig.e2e.KillOrders.Point;
import io.souffleur.clusterconfig.rank.LoadedRank;
import io.souffleur.clusterconfig.rank.RankRecipe;
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
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The rank program itself, real weights and kernels, that ends or stops itself where its {@link KillOrders}
 * say. What is struck in a step is struck in the middle: the slots it writes and the pages it copies to are
 * full of NaN first, and it runs over and over until the signal comes.
 */
final class KillableRankMain {
  private static final byte NAN = (byte) 0xFF;
  private static final int MIDST_NANOS = 3_000_000;

  /** Waits until all threads of a process are stopped or dead, for some seconds at most. */
  private static final String STILL = """
      still() {
        for try in $(seq 300); do
          grep -hs ^State: /proc/$1/task/*/status | grep -qv '[TZX] (' || return
          sleep 0.01
        done
      }
      """;

  private final RankSeat seat;
  private final RankRecipe recipe;
  private final KillOrders orders;

  private KillableRankMain(RankSeat seat, RankRecipe recipe, KillOrders orders) {
    this.seat = seat;
    this.recipe = recipe;
    this.orders = orders;
  }

  /** Arguments: seat, recipe, file of the orders. */
  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    int last = words.size() - 1;
    RankSeat seat = RankSeat.parse(words);
    var main = new KillableRankMain(
        seat,
        RankRecipe.parse(RankSeat.rest(words.subList(0, last))),
        new KillOrders(Path.of(words.get(last))));
    new RankServer(seat, TransportSettings.DEFAULT).run(own -> main.load());
  }

  private Rank load() throws IOException {
    Deed deed = deedAt(Point.LOADING);
    if (deed != null) {
      orders.begin();
      strikeSoon(deed);
    }
    LoadedRank loaded = LoadedRank.onFiles(recipe, seat);
    if (deed != null) {
      awaitTheEnd();
    }
    KvStore kv = KvStore.open(seat.kvFile(), recipe.layout(), recipe.capacity());
    StateStore states = recipe.layout().slotBytes() == 0
        ? StateStore.inMemory(recipe.layout(), recipe.capacity())
        : StateStore.open(seat.stateFile(), recipe.layout(), recipe.capacity());
    return new Rank(
        new Runner(loaded.runner(), kv, states),
        new RankHello(
            ProcessHandle.current().pid(),
            recipe.layout(),
            recipe.capacity(),
            loaded.fingerprint(),
            Version.text()));
  }

  private Deed deedAt(Point point) {
    return orders.open().stream()
        .limit(1)
        .filter(order -> order.point() == point)
        .map(Order::deed)
        .findFirst()
        .orElse(null);
  }

  private final class Runner implements StepRunner {
    private final StepRunner real;
    private final KvStore kv;
    private final StateStore states;
    private boolean first = true;

    Runner(StepRunner real, KvStore kv, StateStore states) {
      this.real = real;
      this.kv = kv;
      this.states = states;
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
      List<Order> open = orders.open();
      boolean struck = !open.isEmpty() && hits(open.getFirst().point(), plan);
      first = false;
      if (!struck) {
        real.execute(plan, result);
        return;
      }
      orders.begin();
      Deed deed = open.getFirst().deed();
      if (open.getFirst().point() == Point.RESULT_WRITTEN) {
        real.execute(plan, result);
        strikeWhileTheFrontIsStopped(deed);
      } else {
        spoil(plan);
        strikeSoon(deed);
        while (true) {
          real.execute(plan, result);
        }
      }
    }

    private void spoil(StepPlan plan) {
      for (int run = 0; run < plan.runCount(); run++) {
        if (plan.runWriteSlot(run) != StepPlan.NO_SLOT) {
          states.slot(plan.runWriteSlot(run)).fill(NAN);
        }
      }
      for (int i = 0; i < plan.checkpointCount(); i++) {
        states.slot(plan.checkpointSlot(i)).fill(NAN);
      }
      for (int i = 0; i < plan.copyCount(); i++) {
        kv.page(plan.copiedTo(i)).fill(NAN);
      }
    }

    private boolean hits(Point point, StepPlan plan) {
      boolean hit = false;
      for (int run = 0; run < plan.runCount(); run++) {
        int rows = plan.tokenEnd(run) - plan.tokenStart(run);
        boolean start = plan.runFirstPosition(run) == 0;
        hit |= switch (point) {
          case LOADING -> false;
          case FIRST_STEP -> first;
          case FIRST_CHUNK -> start && !plan.runDraws(run);
          case LATER_CHUNK -> !start && rows > 1;
          case PAGE_COPY -> plan.copyCount() > 0;
          case CHECKPOINT -> plan.checkpointCount() > 0;
          case DECODE, RESULT_WRITTEN -> !start && rows == 1;
        };
      }
      return hit;
    }
  }

  /** The signal comes at a random moment of the next milliseconds, from another process. */
  private static void strikeSoon(Deed deed) {
    try {
      Process shell = shell("read word; kill -" + deed + " " + own());
      Thread.ofPlatform().daemon().start(() -> {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(MIDST_NANOS));
        release(shell);
      });
    } catch (IOException notStarted) {
      throw new IllegalStateException(notStarted);
    }
  }

  /** The shell waits for a word, or the end of words. */
  private static void release(Process shell) {
    try {
      shell.getOutputStream().close();
    } catch (IOException pipeBroken) {
      throw new IllegalStateException(pipeBroken);
    }
  }

  /**
   * Stops the front, lets the caller's result be sent, strikes, and lets the front go on. A signal is
   * pending for a while before it has an effect: each is waited for, so that the front does nothing
   * between the result and the strike.
   */
  private static void strikeWhileTheFrontIsStopped(Deed deed) {
    long front = ProcessHandle.current().parent().orElseThrow().pid();
    String strike =
        "sleep 0.2; kill -" + deed + " " + own() + "; still " + own() + "; kill -CONT " + front;
    try {
      Process shell = shell(STILL + "kill -STOP " + front + "; still " + front + "; echo stopped; ("
          + strike + ") >/dev/null 2>&1 &");
      if (shell.getInputStream().read() < 0) {
        throw new IllegalStateException("the front was not stopped");
      }
    } catch (IOException notStarted) {
      throw new IllegalStateException(notStarted);
    }
  }

  private static Process shell(String script) throws IOException {
    return new ProcessBuilder("sh", "-c", script).start();
  }

  private static long own() {
    return ProcessHandle.current().pid();
  }

  private static void awaitTheEnd() {
    while (true) {
      LockSupport.park();
    }
  }
}
