package io.souffleur.scheduler.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Many seeds, one after the other or on a few threads; stops at the first that fails. */
final class LongRun {
  private final long first;
  private final int seeds;
  private final int threads;
  private final long[] reached = new long[Corner.values().length];
  private final AtomicLong next = new AtomicLong();
  private double seconds;

  LongRun(long first, int seeds, int threads) {
    this.first = first;
    this.seeds = seeds;
    this.threads = threads;
  }

  void run() throws InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    try (var pool = Executors.newFixedThreadPool(threads)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        work.add(this::runSome);
      }
      for (Future<Void> each : pool.invokeAll(work)) {
        each.get();
      }
    }
    seconds = (System.nanoTime() - begin) / 1e9;
  }

  private Void runSome() {
    long seed = next.getAndIncrement();
    for (; seed < seeds; seed = next.getAndIncrement()) {
      add(runOrFail(first + seed));
    }
    return null;
  }

  private long[] runOrFail(long seed) {
    try {
      return new Simulation(seed, PlantedBug.NONE).run();
    } catch (RuntimeException | AssertionError failure) {
      next.set(seeds);
      throw new AssertionError(
          "seed " + seed + " (repeat with -Dsim.first=" + seed + " -Dsim.seeds=1): " + failure,
          failure);
    }
  }

  private synchronized void add(long[] report) {
    for (int i = 0; i < reached.length; i++) {
      reached[i] += report[i];
    }
  }

  /** Times that the rarest corner was reached. */
  long leastReached() {
    return Arrays.stream(reached).min().orElseThrow();
  }

  String json() {
    var corners = new StringJoiner(",\n    ", "{\n    ", "\n  }");
    for (Corner corner : Corner.values()) {
      String name = corner.name().toLowerCase(Locale.ROOT).replace('_', '-');
      corners.add("\"" + name + "\": " + reached[corner.ordinal()]);
    }
    return String.format(
        Locale.ROOT,
        """
        {
          "simulation": "engine loop, scheduler and cache book with the hash model",
          "command": "./mvnw -pl scheduler -am -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsim.first=%d -Dsim.seeds=%d -Dsim.threads=%d -Dsim.result=FILE test",
          "first-seed": %d,
          "seeds": %d,
          "failed": 0,
          "threads": %d,
          "seconds": %.1f,
          "seeds-per-second": %.0f,
          "java": "%s",
          "finished": "%s",
          "reached": %s
        }
        """,
        first,
        seeds,
        threads,
        first,
        seeds,
        threads,
        seconds,
        seeds / seconds,
        Runtime.version(),
        Instant.now(),
        corners);
  }

  void write(Path file) {
    try {
      Files.writeString(file, json());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
