package io.souffleur.kernels.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WorkerTeamTest {
  private static final long SEED = 7;

  @Test
  void runsEveryChunkExactlyOnceOverManyTasks() {
    Random random = new Random(SEED);
    AtomicIntegerArray runs = new AtomicIntegerArray(200);
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (WorkerTeam team = new WorkerTeam(threads)) {
        for (int round = 0; round < 5_000; round++) {
          int chunks = random.nextInt(200);
          team.run((worker, chunk) -> runs.incrementAndGet(chunk), chunks);
          for (int i = 0; i < 200; i++) {
            assertEquals(
                i < chunks ? 1 : 0, runs.getAndSet(i, 0), threads + " threads, chunk " + i);
          }
        }
      }
    }
  }

  @Test
  void numbersWorkersSoThatNoTwoShareANumber() {
    try (WorkerTeam team = new WorkerTeam(4)) {
      AtomicIntegerArray busy = new AtomicIntegerArray(4);
      for (int round = 0; round < 500; round++) {
        team.run(
            (worker, chunk) -> {
              assertEquals(1, busy.incrementAndGet(worker));
              Thread.onSpinWait();
              busy.decrementAndGet(worker);
            },
            50);
      }
    }
  }

  @Test
  void wakesMembersThatHaveParked() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      for (int round = 0; round < 20; round++) {
        LockSupport.parkNanos(20 * WorkerTeam.SPIN_NANOS);
        CountDownLatch both = new CountDownLatch(2);
        // Each chunk waits for the other: only two workers can finish them.
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> team.run(
                (worker, chunk) -> {
                  both.countDown();
                  awaitUnchecked(both);
                },
                2));
      }
    }
  }

  @Test
  void makesProgressWhenManyTeamsShareTheCores() throws InterruptedException {
    AtomicInteger total = new AtomicInteger();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      callers.add(Thread.ofPlatform().start(() -> {
        try (WorkerTeam team = new WorkerTeam(4)) {
          for (int round = 0; round < 500; round++) {
            team.run((worker, chunk) -> total.incrementAndGet(), 16);
          }
        }
      }));
    }
    for (Thread caller : callers) {
      caller.join(60_000);
      assertFalse(caller.isAlive());
    }
    assertEquals(6 * 500 * 16, total.get());
  }

  @Test
  void rethrowsWhatAChunkThrewAndStaysUsable() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      IllegalStateException thrown = new IllegalStateException("chunk 5");
      AtomicInteger others = new AtomicInteger();
      for (int round = 0; round < 50; round++) {
        others.set(0);
        assertSame(
            thrown,
            assertThrows(
                IllegalStateException.class,
                () -> team.run(
                    (worker, chunk) -> {
                      if (chunk == 5) {
                        throw thrown;
                      }
                      others.incrementAndGet();
                    },
                    20)));
        assertEquals(19, others.get());
      }
      team.run((worker, chunk) -> others.incrementAndGet(), 3);
      assertEquals(22, others.get());
    }
  }

  @Test
  void hasNoThreadsOfItsOwnWithOneWorker() {
    try (WorkerTeam team = new WorkerTeam(1)) {
      team.run((worker, chunk) -> assertEquals(0, worker), 5);
      assertEquals(1, team.threads());
    }
  }

  @Test
  void endsItsThreadsOnCloseAndRefusesWorkAfterwards() {
    WorkerTeam team = new WorkerTeam(3);
    AtomicIntegerArray seen = new AtomicIntegerArray(3);
    team.run((worker, chunk) -> seen.set(worker, 1), 100);
    team.close();
    team.close();
    assertThrows(IllegalStateException.class, () -> team.run((worker, chunk) -> {}, 2));
  }

  @Test
  void refusesSizesBeyondItsLimits() {
    assertThrows(IllegalArgumentException.class, () -> new WorkerTeam(0));
    assertThrows(IllegalArgumentException.class, () -> new WorkerTeam(WorkerTeam.THREADS_MAX + 1));
    try (WorkerTeam team = new WorkerTeam(2)) {
      AtomicInteger count = new AtomicInteger();
      team.run((worker, chunk) -> count.incrementAndGet(), WorkerTeam.CHUNKS_MAX);
      assertEquals(WorkerTeam.CHUNKS_MAX, count.get());
      assertThrows(
          IllegalArgumentException.class,
          () -> team.run((worker, chunk) -> {}, WorkerTeam.CHUNKS_MAX + 1));
    }
  }

  @Test
  void allocatesNothingPerTask() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ChunkTask task = (worker, chunk) -> {};
    try (WorkerTeam team = new WorkerTeam(2)) {
      for (int i = 0; i < 20_000; i++) {
        team.run(task, 4);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        team.run(task, 4);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      // A page of slack for what the measurement itself and a late compilation may cost.
      assertTrue(bytes < 4096, bytes + " B in 10,000 tasks");
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
