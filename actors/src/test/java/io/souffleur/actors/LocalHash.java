package io.souffleur.actors;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A hash model inside the engine loop's thread, with switches to break it. */
final class LocalHash implements ReplicaParts.LocalRank {
  /** Steps that still run; the test gives more. */
  final Semaphore permits = new Semaphore(1_000_000_000);

  final AtomicBoolean failNext = new AtomicBoolean();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger released = new AtomicInteger();
  private final CacheCapacity capacity;

  LocalHash(CacheCapacity capacity) {
    this.capacity = capacity;
  }

  @Override
  public ReplicaParts.OpenedRank open(long epoch) {
    opened.incrementAndGet();
    return new ReplicaParts.OpenedRank(
        new Executor(HashModel.inMemory(capacity)), released::incrementAndGet);
  }

  private final class Executor implements StepExecutor {
    private final HashModel model;
    private final StepResult result = new StepResult();
    private boolean done;

    Executor(HashModel model) {
      this.model = model;
    }

    @Override
    public boolean offer(StepPlan plan) {
      if (failNext.getAndSet(false)) {
        throw new StepFailure("the kernel threw", null);
      }
      permits.acquireUninterruptibly();
      model.execute(plan, result);
      done = true;
      return true;
    }

    @Override
    public int poll(StepHandler handler, int limit) {
      if (!done) {
        return 0;
      }
      done = false;
      handler.onStepResult(result);
      return 1;
    }

    @Override
    public int depth() {
      return 1;
    }

    @Override
    public int incarnation() {
      return 1;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
