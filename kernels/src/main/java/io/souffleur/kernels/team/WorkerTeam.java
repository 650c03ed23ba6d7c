package io.souffleur.kernels.team;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that claim chunks of one task at a time; the caller takes part.
 *
 * <p>Members spin briefly for the next task, then park. The caller waits only for members that hold
 * a chunk: one that is not scheduled delays nobody, so a team works on an oversubscribed machine
 * too. Driven by one calling thread; {@link #close} may come from any thread that no longer calls
 * {@link #run}. Allocates nothing per task.
 *
 * <pre>
 *   claim word   | epoch of the task, 32 bits | chunks, 16 bits | next chunk, 16 bits |
 * </pre>
 *
 * <p>A member claims by compare-and-set of the whole word, so a claim of a finished task fails.
 * While a claimed chunk is not counted as done, the task's fields do not change.
 */
public final class WorkerTeam implements AutoCloseable {
  /** Most chunks of one task. */
  public static final int CHUNKS_MAX = 0xFFFF;

  /** Most threads of a team, the caller's included. */
  public static final int THREADS_MAX = 256;

  /** How long a member without work spins before it parks: a few gaps between calls of one step. */
  static final long SPIN_NANOS = 30_000;

  private static final int SPINS_PER_CLOCK_READ = 32;
  private static final long CLOSE_TIMEOUT_MILLIS = 10_000;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final AtomicInteger TEAMS = new AtomicInteger();

  // One cache line pair per hot word: 16 longs apart.
  private static final int CLAIM = 16;
  private static final int DONE = 32;
  private static final int PARKED = 48;
  private static final int CALLER_PARKED = 64;

  private final long[] words = new long[80];
  private final Thread[] members;
  private final ParkFlag[] parkFlags;
  private volatile Thread caller;
  private volatile boolean closed;
  private ChunkTask task;
  private Throwable failure;

  /** @param threads workers in all, the caller included; 1 makes a team without threads of its own */
  public WorkerTeam(int threads) {
    if (threads < 1 || threads > THREADS_MAX) {
      throw new IllegalArgumentException(
          "team of " + threads + " threads; allowed are 1 to " + THREADS_MAX);
    }
    members = new Thread[threads - 1];
    parkFlags = new ParkFlag[threads - 1];
    int team = members.length == 0 ? 0 : TEAMS.incrementAndGet();
    for (int i = 0; i < members.length; i++) {
      int worker = i + 1;
      parkFlags[i] = new ParkFlag();
      members[i] = new Thread(() -> work(worker), "team-" + team + "-" + worker);
      members[i].setDaemon(true);
      members[i].start();
    }
  }

  /** Workers in all, the caller included. */
  public int threads() {
    return members.length + 1;
  }

  /**
   * Runs chunks [0, chunks) of {@code work} and returns when all are done. Throws what a chunk threw
   * first; the other chunks have run nevertheless.
   */
  public void run(ChunkTask work, int chunks) {
    if (chunks < 0 || chunks > CHUNKS_MAX) {
      throw new IllegalArgumentException(chunks + " chunks; allowed are 0 to " + CHUNKS_MAX);
    }
    if (closed) {
      throw new IllegalStateException("the worker team is closed");
    }
    if (members.length == 0 || chunks <= 1) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        work.run(0, chunk);
      }
      return;
    }
    task = work;
    failure = null;
    WORD.setVolatile(words, DONE, 0L);
    long epoch = ((long) WORD.getVolatile(words, CLAIM) >>> 32) + 1;
    WORD.setVolatile(words, CLAIM, epoch << 32 | (long) chunks << 16);
    wake(chunks - 1);
    claimAll(0);
    awaitDone(chunks);
    task = null;
    if (failure != null) {
      rethrow(failure);
    }
  }

  /** Claims and runs chunks until none is left; returns whether it ran any. */
  private boolean claimAll(int worker) {
    boolean ran = false;
    while (true) {
      long word = (long) WORD.getVolatile(words, CLAIM);
      int next = (int) word & 0xFFFF;
      if (next >= ((int) (word >>> 16) & 0xFFFF)) {
        return ran;
      }
      if (WORD.compareAndSet(words, CLAIM, word, word + 1)) {
        runChunk(worker, next);
        ran = true;
      }
    }
  }

  private void runChunk(int worker, int chunk) {
    try {
      task.run(worker, chunk);
    } catch (Throwable thrown) {
      // The root of a chunk: handed to the caller, who rethrows it.
      synchronized (words) {
        if (failure == null) {
          failure = thrown;
        }
      }
    }
    WORD.getAndAdd(words, DONE, 1L);
    if (worker != 0 && (long) WORD.getVolatile(words, CALLER_PARKED) != 0) {
      LockSupport.unpark(caller);
    }
  }

  private void awaitDone(int chunks) {
    for (int spins = 0; (long) WORD.getVolatile(words, DONE) < chunks; spins++) {
      if (spins < 4_000) {
        Thread.onSpinWait();
      } else if (spins < 4_020) {
        Thread.yield();
      } else {
        parkCaller(chunks);
      }
    }
  }

  private void parkCaller(int chunks) {
    caller = Thread.currentThread();
    WORD.setVolatile(words, CALLER_PARKED, 1L);
    if ((long) WORD.getVolatile(words, DONE) < chunks) {
      LockSupport.parkNanos(this, 1_000_000);
      if (caller.isInterrupted()) {
        Thread.yield();
      }
    }
    WORD.setVolatile(words, CALLER_PARKED, 0L);
    caller = null;
  }

  /** Unparks up to {@code wanted} parked members. */
  private void wake(int wanted) {
    if ((long) WORD.getVolatile(words, PARKED) == 0) {
      return;
    }
    for (int i = 0; i < members.length && wanted > 0; i++) {
      if (parkFlags[i].parked) {
        LockSupport.unpark(members[i]);
        wanted--;
      }
    }
  }

  private void work(int worker) {
    long lastWork = System.nanoTime();
    int spins = 0;
    while (!closed) {
      if (claimAll(worker)) {
        lastWork = System.nanoTime();
        spins = 0;
      } else if (++spins % SPINS_PER_CLOCK_READ != 0 || System.nanoTime() - lastWork < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        park(parkFlags[worker - 1]);
        lastWork = System.nanoTime();
      }
    }
  }

  private void park(ParkFlag flag) {
    flag.parked = true;
    WORD.getAndAdd(words, PARKED, 1L);
    while (!closed && !workLeft()) {
      LockSupport.park(this);
      // A set interrupt would turn parking into spinning; members have no other use for it.
      Thread.interrupted();
    }
    flag.parked = false;
    WORD.getAndAdd(words, PARKED, -1L);
  }

  private boolean workLeft() {
    long word = (long) WORD.getVolatile(words, CLAIM);
    return ((int) word & 0xFFFF) < ((int) (word >>> 16) & 0xFFFF);
  }

  /** Ends the threads; idempotent. Returns when they have ended. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Thread member : members) {
      LockSupport.unpark(member);
      try {
        member.join(CLOSE_TIMEOUT_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (member.isAlive() && !interrupted) {
        throw new IllegalStateException(
            member.getName() + " still runs a chunk after " + CLOSE_TIMEOUT_MILLIS + " ms");
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void rethrow(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Whether a member is about to park; an object of its own so that it is one volatile field. */
  private static final class ParkFlag {
    volatile boolean parked;
  }
}
