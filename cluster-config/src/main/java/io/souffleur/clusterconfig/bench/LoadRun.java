package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.ServingOptions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends requests as the load asks: the calling thread paces them into a queue, and as many threads as
 * may run at a time take them out in order.
 */
final class LoadRun {
  /** What sends one request and blocks until it has ended. */
  @FunctionalInterface
  interface Sender {
    Outcome send(BenchRequest request) throws InterruptedException;
  }

  /** A thread of the system hears of a byte soonest; beyond this many they cost more than they give. */
  private static final int PLATFORM_THREADS_MAX = 2_048;

  private static final int NO_MORE = -1;

  private final List<BenchRequest> requests;
  private final Outcome[] outcomes;
  private final Sender sender;
  private final Consumer<Outcome> listener;
  private final BlockingQueue<Integer> ready;
  private final CountDownLatch running;

  /** @param listener hears each outcome on the thread that met with it */
  LoadRun(List<BenchRequest> requests, Sender sender, Consumer<Outcome> listener) {
    this.requests = requests;
    this.outcomes = new Outcome[requests.size()];
    this.sender = sender;
    this.listener = listener;
    this.ready = new LinkedBlockingQueue<>();
    this.running = new CountDownLatch(requests.size());
  }

  /**
   * Blocks until the last request has ended.
   *
   * @param numpy draws the times between arrivals
   * @return outcomes in the order of the requests
   */
  List<Outcome> run(ServingOptions.Load load, NumpyRandom numpy) throws InterruptedException {
    int workers = Math.min(requests.size(), load.concurrencyMax().orElse(requests.size()));
    Thread.Builder threads = workers <= PLATFORM_THREADS_MAX
        ? Thread.ofPlatform().daemon().name("bench-client-", 0)
        : Thread.ofVirtual().name("bench-client-", 0);
    for (int i = 0; i < workers; i++) {
      threads.start(this::work);
    }
    long dueNanos = System.nanoTime();
    for (int i = 0; i < requests.size(); i++) {
      ready.add(i);
      if (Double.isFinite(load.requestsPerSecond()) && i < requests.size() - 1) {
        dueNanos += (long) (numpy.exponential(1 / load.requestsPerSecond()) * 1e9);
        TimeUnit.NANOSECONDS.sleep(dueNanos - System.nanoTime());
      }
    }
    for (int i = 0; i < workers; i++) {
      ready.add(NO_MORE);
    }
    running.await();
    return List.of(outcomes);
  }

  private void work() {
    try {
      int index = ready.take();
      while (index != NO_MORE) {
        one(index);
        index = ready.take();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void one(int index) throws InterruptedException {
    Outcome outcome;
    try {
      outcome = sender.send(requests.get(index));
    } catch (RuntimeException refused) {
      outcome = Outcome.failed(
          refused.toString(), System.nanoTime(), requests.get(index).inputTokens());
    }
    outcomes[index] = outcome;
    listener.accept(outcome);
    running.countDown();
  }
}
