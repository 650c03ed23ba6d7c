package io.souffleur.scheduler.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dsim.seeds=10000} runs more seeds, {@code -Dsim.first=4711 -Dsim.seeds=1} repeats one. */
class SimulationTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final int SEEDS_DEFAULT = 1_000;
  private static final int SEEDS = Integer.getInteger("sim.seeds", SEEDS_DEFAULT);
  private static final int BUG_SEEDS = 60;

  @Test
  void everyStreamIsTheOneThatWasForetold() {
    long[] reached = new long[6];
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      var report = runOrFail(seed);
      reached[0] += report.refused();
      reached[1] += report.aborts();
      reached[2] += report.engineDeaths();
      reached[3] += report.rankDeaths();
      reached[4] += report.preemptions();
      reached[5] += report.replays();
    }
    if (SEEDS != SEEDS_DEFAULT) {
      System.out.printf(
          "%,d seeds clean: %,d refusals, %,d aborts, %,d engine deaths, %,d rank deaths, %,d preemptions,"
              + " %,d replays%n",
          SEEDS, reached[0], reached[1], reached[2], reached[3], reached[4], reached[5]);
    }
    if (SEEDS >= 100) {
      assertTrue(
          LongStream.of(reached).allMatch(count -> count > SEEDS / 10),
          "the seeds no longer reach every corner: " + Arrays.toString(reached));
    }
  }

  private static Simulation.Report runOrFail(long seed) {
    try {
      return new Simulation(seed, PlantedBug.NONE).run();
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(
          "seed " + seed + " (repeat with -Dsim.first=" + seed + " -Dsim.seeds=1): " + failure,
          failure);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aPlantedBugIsSeen(PlantedBug bug) {
    long caught = LongStream.rangeClosed(1, BUG_SEEDS)
        .filter(seed -> caught(seed, bug).isPresent())
        .count();

    assertTrue(caught >= BUG_SEEDS / 10, bug + " was seen in " + caught + " of " + BUG_SEEDS);
  }

  private static Optional<Throwable> caught(long seed, PlantedBug bug) {
    try {
      new Simulation(seed, bug).run();
      return Optional.empty();
    } catch (RuntimeException | AssertionError seen) {
      return Optional.of(seen);
    }
  }
}
