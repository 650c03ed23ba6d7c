package io.souffleur.actors;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * One thread that runs an agent's duty cycle until it is told to end or the agent throws.
 *
 * <p>Unlike Agrona's runner, the first exception ends the loop: what broke an invariant once must not be
 * run again. Owned by the actor that made it.
 */
final class AgentHost {
  private final Agent agent;
  private final IdleStrategy idle;
  private final Consumer<Optional<Throwable>> onExit;
  private final Thread thread;
  private final AtomicLong cycleNanos = new AtomicLong();
  private volatile boolean running = true;

  /** @param onExit hears the end of the loop, on the loop's thread: empty after {@link #close} */
  AgentHost(
      Agent agent, IdleStrategy idle, String threadName, Consumer<Optional<Throwable>> onExit) {
    this.agent = agent;
    this.idle = idle;
    this.onExit = onExit;
    this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
  }

  void start() {
    cycleNanos.set(System.nanoTime());
    thread.start();
  }

  /** Ends a pause of the loop at once, because there is work for it. Any thread. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Time since the loop began its present round. */
  long cycleAgeNanos(long nowNanos) {
    return Math.max(0, nowNanos - cycleNanos.get());
  }

  private void run() {
    Optional<Throwable> cause = Optional.empty();
    try {
      agent.onStart();
      while (running) {
        cycleNanos.lazySet(System.nanoTime());
        idle.idle(agent.doWork());
      }
      agent.onClose();
    } catch (Throwable failure) {
      cause = Optional.of(failure);
    }
    onExit.accept(cause);
  }

  /**
   * Tells the loop to end after its present round and waits for its thread.
   *
   * @return false when the thread still runs after {@code timeout}
   */
  boolean close(Duration timeout) {
    running = false;
    wake();
    try {
      return thread.join(timeout);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return !thread.isAlive();
    }
  }
}
