package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.ServingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadRunTest {
  private static List<BenchRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new BenchRequest("p" + i, Optional.empty(), i, 1))
        .toList();
  }

  private static Outcome outcome(BenchRequest request) {
    return new Outcome("", System.nanoTime(), 1, new double[0], 1, request.inputTokens(), 1, "");
  }

  private static ServingOptions.Load load(double rate, OptionalInt concurrency) {
    return new ServingOptions.Load(rate, concurrency, 0, false);
  }

  @Test
  void outcomesStandInTheOrderOfRequests() throws InterruptedException {
    List<Outcome> heard = new ArrayList<>();
    LoadRun run = new LoadRun(requests(50), LoadRunTest::outcome, one -> {
      synchronized (heard) {
        heard.add(one);
      }
    });

    List<Outcome> outcomes =
        run.run(load(Double.POSITIVE_INFINITY, OptionalInt.empty()), new NumpyRandom(1));

    assertEquals(
        IntStream.range(0, 50).boxed().toList(),
        outcomes.stream().map(Outcome::inputTokens).toList());
    assertEquals(50, heard.size());
  }

  @Test
  void runsNoMoreThanAllowedAndAsManyAsAllowed() throws InterruptedException {
    AtomicInteger alive = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    LoadRun run = new LoadRun(
        requests(12),
        request -> {
          most.accumulateAndGet(alive.incrementAndGet(), Math::max);
          three.countDown();
          assertTrue(three.await(30, TimeUnit.SECONDS));
          alive.decrementAndGet();
          return outcome(request);
        },
        one -> {});

    run.run(load(Double.POSITIVE_INFINITY, OptionalInt.of(3)), new NumpyRandom(1));

    assertEquals(3, most.get());
  }

  @Test
  void pacesArrivalsByTheRate() throws InterruptedException {
    // The generator's own times between six arrivals at 200 a second.
    NumpyRandom same = new NumpyRandom(7);
    double seconds =
        IntStream.range(0, 5).mapToDouble(i -> same.exponential(1 / 200.0)).sum();
    LoadRun run = new LoadRun(requests(6), LoadRunTest::outcome, one -> {});
    long startNanos = System.nanoTime();

    List<Outcome> outcomes = run.run(load(200, OptionalInt.empty()), new NumpyRandom(7));

    assertTrue(outcomes.getLast().startNanos() - startNanos >= seconds * 1e9 * 0.999);
  }

  @Test
  void bugInTheSenderIsAnErrorOfItsRequest() throws InterruptedException {
    LoadRun run = new LoadRun(
        requests(1),
        request -> {
          throw new IllegalStateException("broken");
        },
        one -> {});

    List<Outcome> outcomes =
        run.run(load(Double.POSITIVE_INFINITY, OptionalInt.empty()), new NumpyRandom(1));

    assertTrue(outcomes.getFirst().error().contains("broken"));
  }
}
