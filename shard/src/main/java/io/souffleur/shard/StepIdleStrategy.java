package io.souffleur.shard;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * How a step loop waits: spins and yields for the short gap between two steps, then parks, longer the
 * longer nothing happens.
 *
 * <pre>
 *   idle rounds      spins        yields      short parks        long parks        deep parks
 *   wait per round   ~10 ns       ~1 µs       50 µs              250 µs            2 ms, for good
 * </pre>
 *
 * The spinning part lasts microseconds only, so that a machine with two cores keeps both for the kernel
 * team and the front; an idle server wakes 500 times a second. Owned by the thread that waits.
 */
public final class StepIdleStrategy implements IdleStrategy {
  private static final int SPINS = 200;
  private static final int YIELDS = SPINS + 30;
  private static final int SHORT_PARKS = YIELDS + 1_000;
  private static final int LONG_PARKS = SHORT_PARKS + 4_000;
  private static final long SHORT_PARK_NANOS = 50_000;
  private static final long LONG_PARK_NANOS = 250_000;
  private static final long DEEP_PARK_NANOS = 2_000_000;

  private int rounds;

  @Override
  public void idle(int workCount) {
    if (workCount > 0) {
      reset();
    } else {
      idle();
    }
  }

  @Override
  public void idle() {
    if (rounds < SPINS) {
      Thread.onSpinWait();
    } else if (rounds < YIELDS) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(parkNanos());
    }
    if (rounds < LONG_PARKS) {
      rounds++;
    }
  }

  private long parkNanos() {
    if (rounds < SHORT_PARKS) {
      return SHORT_PARK_NANOS;
    }
    return rounds < LONG_PARKS ? LONG_PARK_NANOS : DEEP_PARK_NANOS;
  }

  @Override
  public void reset() {
    rounds = 0;
  }

  @Override
  public String alias() {
    return "step";
  }
}
