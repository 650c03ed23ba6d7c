package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  /** 64 tokens of 16 KiB each, and a state of 20 MiB. */
  private static final MemoryNeeds NEEDS =
      new MemoryNeeds(new CacheLayout(64, MIB, 20 * MIB), 2 * GIB, 32_768);

  private static MemoryBudget budget(long total, long available, long store) {
    return new MemoryBudget(total, available, store);
  }

  private static MemorySettings asked(double fraction, long tokens, int running) {
    return new MemorySettings(
        fraction == 0 ? OptionalDouble.empty() : OptionalDouble.of(fraction),
        tokens == 0 ? OptionalLong.empty() : OptionalLong.of(tokens),
        running == 0 ? OptionalInt.empty() : OptionalInt.of(running));
  }

  @Test
  void dividesWhatIsAvailableBetweenStatesAndPages() {
    // 4 GiB − 2 GiB − 512 MiB = 1536 MiB; a request of 2048 tokens takes 40 + 32 MiB: 21 fit.
    var plan =
        MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), MemorySettings.AUTO);

    assertEquals(21, plan.maxRunningRequests());
    assertEquals(42, plan.capacity().slots());
    assertEquals(1536 - 840, plan.capacity().pages());
    assertEquals(696 * 64, plan.totalTokens());
    assertTrue(plan.warnings().isEmpty());
  }

  @Test
  void takesTheAskedShareOfAllMemory() {
    // 0.5 · 8 GiB − 2 GiB = 2048 MiB; 28 · 72 MiB fit.
    var plan =
        MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0.5, 0, 0));

    assertEquals(28, plan.maxRunningRequests());
    assertEquals(2048 - 28 * 40, plan.capacity().pages());
  }

  @Test
  void staysBelowTheFreeSharedMemory() {
    // 1024 MiB − 1/16 = 960 MiB; 13 · 72 MiB fit.
    var plan = MemoryPlan.of(NEEDS, budget(8 * GIB, 6 * GIB, GIB), MemorySettings.AUTO);

    assertEquals(13, plan.maxRunningRequests());
    assertTrue(plan.cacheBytes(NEEDS.layout()) <= 960 * MIB);
  }

  @Test
  void keepsTheAskedNumberOfRunningRequests() {
    // 1536 MiB; each needs 40 MiB and at least 4 pages of 1 MiB: 30 · 44 = 1320 fit.
    var plan =
        MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0, 0, 30));

    assertEquals(30, plan.maxRunningRequests());
    assertEquals(336, plan.capacity().pages());
    assertTrue(plan.warnings().isEmpty());
  }

  @Test
  void warnsWhenTheAskedNumberOfRunningRequestsDoesNotFit() {
    var plan =
        MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0, 0, 100));

    assertEquals(34, plan.maxRunningRequests());
    assertEquals(
        "--max-running-requests 100 does not fit into memory: at most 34 run together",
        plan.warnings().getFirst());
  }

  @Test
  void keepsTheAskedNumberOfTokens() {
    var plan =
        MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0, 1_000, 0));

    assertEquals(16, plan.capacity().pages());
    assertEquals(16, plan.maxRunningRequests());
  }

  @Test
  void takesNoMorePagesThanTheRunningRequestsCanUse() {
    var needs = new MemoryNeeds(new CacheLayout(64, MIB, 0), 2 * GIB, 640);

    var plan =
        MemoryPlan.of(needs, budget(64 * GIB, 60 * GIB, MemoryBudget.UNBOUNDED), asked(0, 0, 3));

    assertEquals(30, plan.capacity().pages());
    assertEquals(0, plan.capacity().slots());
  }

  @Test
  void namesTheFractionThatIsTooSmall() {
    var failure = assertThrows(
        IllegalArgumentException.class,
        () -> MemoryPlan.of(
            NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0.2, 0, 0)));

    assertTrue(
        failure.getMessage().startsWith("--mem-fraction-static 0.2 of 8.0 GiB leaves nothing"),
        failure.getMessage());
    assertTrue(failure.getMessage().contains("needs 44.0 MiB"), failure.getMessage());
  }

  @Test
  void namesTheTokensThatAreTooMany() {
    var failure = assertThrows(
        IllegalArgumentException.class,
        () -> MemoryPlan.of(
            NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0, 1_000_000, 0)));

    assertTrue(
        failure.getMessage().startsWith("--max-total-tokens 1000000 needs"), failure.getMessage());
  }

  @Test
  void namesTheSharedMemoryThatIsTooSmall() {
    var failure = assertThrows(
        IllegalArgumentException.class,
        () -> MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, 40 * MIB), MemorySettings.AUTO));

    assertTrue(failure.getMessage().contains("--isolation thread"), failure.getMessage());
  }

  @Test
  void saysThePlanInWords() {
    var plan = MemoryPlan.of(NEEDS, budget(8 * GIB, 4 * GIB, 16 * GIB), asked(0, 0, 1));

    assertEquals(
        "memory plan: 8.0 GiB in all, 4.0 GiB available, 16.0 GiB of shared memory free",
        plan.lines().get(0));
    assertEquals("  weights   2.0 GiB", plan.lines().get(1));
    assertEquals(
        "  KV cache  512.0 MiB: 32,768 tokens in 512 pages of 64", plan.lines().get(2));
    assertEquals(
        "  states    40.0 MiB: 2 slots of 20.0 MiB, two per running request",
        plan.lines().get(3));
    assertEquals(
        "  1 request runs at a time; one request may hold 32,768 tokens (context 32,768)",
        plan.lines().get(4));
  }

  @Test
  void readsItsDefaultsFromTheReferenceConfiguration() {
    var config = ConfigFactory.load().getConfig("io.souffleur.scheduler");

    assertEquals(MemorySettings.AUTO, MemorySettings.from(config));
    assertEquals(
        new EngineSettings(4096, 8, 256, 1024, 4_194_304), EngineSettings.from(config, 4096, 8));
  }

  @Test
  void readsNumbersInPlaceOfAuto() {
    var config = ConfigFactory.parseString(
            "mem-fraction-static = 0.5, max-total-tokens = 4096, max-running-requests = 3")
        .withFallback(ConfigFactory.load().getConfig("io.souffleur.scheduler"));

    assertEquals(asked(0.5, 4096, 3), MemorySettings.from(config));
  }

  @Test
  void refusesSettingsOutOfRangeByName() {
    assertEquals(
        "--mem-fraction-static must be in (0, 1], got 1.5",
        assertThrows(IllegalArgumentException.class, () -> asked(1.5, 0, 0)).getMessage());
    assertEquals(
        "max-queued-requests must be between 1 and 1048576, got 0",
        assertThrows(IllegalArgumentException.class, () -> new EngineSettings(64, 1, 4, 0, 10))
            .getMessage());
  }

  @Test
  void ranksTakeBuffersForEveryDecodeRowAndOneChunk() {
    assertEquals(8 + 256, new EngineSettings(4096, 8, 256, 8, 10).stepRowsMax());
    assertEquals(8 + 100, new EngineSettings(100, 8, 256, 8, 10).stepRowsMax());
    assertEquals(8 + 8192, new EngineSettings(4096, 8, -1, 8, 10).stepRowsMax());
    assertEquals(2 + 200, new EngineSettings(100, 2, -1, 8, 10).stepRowsMax());
  }
}
