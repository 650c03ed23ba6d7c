package io.souffleur.shard;

import io.souffleur.transport.Offer;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.RankStepChannel;
import io.souffleur.transport.RunDirectory;
import io.souffleur.transport.TransportCounters;
import io.souffleur.transport.TransportNode;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;
import java.util.function.Supplier;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;

/**
 * A rank process from its first line to its end: load, say hello, run steps, exit.
 *
 * <p>The process lives exactly as long as its front wants: when standard input ends, the front has closed
 * the pipe or died, and the process stops at once, removing the run directory of a dead front. Signals
 * of a terminal (interrupt, terminate) are for the front alone and do not end a rank that still has one.
 */
public final class RankServer {
  private static final long SEND_PATIENCE_NANOS = 10_000_000_000L;
  private static final long REPORT_PATIENCE_NANOS = 500_000_000L;

  private final RankSeat seat;
  private final TransportSettings settings;

  public RankServer(RankSeat seat, TransportSettings settings) {
    this.seat = seat;
    this.settings = settings;
  }

  /**
   * Serves until the end of the process; the last thing a rank's {@code main} calls.
   *
   * @param loader makes the rank, on this thread, which then executes all steps
   */
  public void run(Rank.Loader loader) {
    watchParent();
    Thread.currentThread().setName(seat.name());
    int code;
    try {
      code = serve(loader.load(seat));
    } catch (Exception refused) {
      refused.printStackTrace();
      System.err.println("cannot load the rank: " + refused.getMessage());
      code = RankExitCode.REFUSED;
    } catch (Throwable failure) {
      failure.printStackTrace();
      code = RankExitCode.FAILED;
    }
    Runtime.getRuntime().halt(code);
  }

  private int serve(Rank rank) {
    TransportCounters counters = new TransportCounters();
    try (TransportNode node = TransportNode.join(seat.driverDirectory(), settings, counters);
        RankStepChannel channel = node.openRank(seat.address())) {
      RankHello hello = rank.hello();
      if (!send(() -> channel.offerHello(hello), SEND_PATIENCE_NANOS)) {
        System.err.println("nobody heard the hello: " + counters.lastError());
        return RankExitCode.NO_FRONT;
      }
      return loop(channel, rank.runner());
    } catch (RuntimeException unreachable) {
      unreachable.printStackTrace();
      return RankExitCode.NO_FRONT;
    }
  }

  private static int loop(RankStepChannel channel, StepRunner runner) {
    ShardLoop loop = new ShardLoop(channel, runner);
    IdleStrategy idle = new StepIdleStrategy();
    try {
      while (true) {
        idle.idle(loop.doWork());
      }
    } catch (AgentTerminationException frontGone) {
      System.err.println(frontGone.getMessage());
      return RankExitCode.NO_FRONT;
    } catch (StepAborted aborted) {
      aborted.printStackTrace();
      send(() -> channel.offerFailure(aborted.id(), aborted.getMessage()), REPORT_PATIENCE_NANOS);
      return RankExitCode.FAILED;
    }
  }

  /** Offers until it is sent; false when it never will be, or not in time. */
  private static boolean send(Supplier<Offer> offering, long patienceNanos) {
    long deadline = System.nanoTime() + patienceNanos;
    IdleStrategy idle = new StepIdleStrategy();
    while (System.nanoTime() - deadline < 0) {
      Offer outcome = offering.get();
      if (outcome == Offer.SENT) {
        return true;
      }
      if (outcome == Offer.CLOSED || outcome == Offer.TOO_LARGE) {
        return false;
      }
      idle.idle();
    }
    return false;
  }

  private void watchParent() {
    Thread watcher =
        Thread.ofPlatform().daemon().name("parent-watch").start(this::exitWhenInputEnds);
    // A hook that waits keeps the process, and all its other threads, running through a signal.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
      try {
        watcher.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }));
  }

  private void exitWhenInputEnds() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException pipeBroken) {
      // As good an end as any.
    }
    try {
      RunDirectory.removeIfOrphaned(seat.runDirectory());
    } catch (IOException left) {
      System.err.println("left " + seat.runDirectory() + ": " + left.getMessage());
    }
    Runtime.getRuntime().halt(RankExitCode.ORPHANED);
  }
}
