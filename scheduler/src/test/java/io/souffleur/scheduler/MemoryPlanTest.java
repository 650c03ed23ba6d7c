package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.souffleur.contracts.memory.CacheLayout;
import java.util.List;
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
  void refusesMoreRunningRequestsThanFitWithTheNumbers() {
    assertEquals(
        "--max-running-requests 100 does not fit: each takes 2 state slots of 20.0 MiB and pages of"
            + " 1.0 MiB for at least 256 tokens; 1.5 GiB is left for caches beside 2.0 GiB of"
            + " weights: ask for at most 34",
        refusal(NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0, 0, 100)));
  }

  private static String refusal(MemoryNeeds needs, MemoryBudget budget, MemorySettings asked) {
    return assertThrows(IllegalArgumentException.class, () -> MemoryPlan.of(needs, budget, asked))
        .getMessage();
  }

  private static MemorySettings keeping(int running, int slotsEach, int slots, double ratio) {
    return new MemorySettings(
        OptionalDouble.empty(),
        OptionalLong.empty(),
        running == 0 ? OptionalInt.empty() : OptionalInt.of(running),
        new MemoryStates(
            true, slotsEach, slots == 0 ? OptionalInt.empty() : OptionalInt.of(slots), ratio));
  }

  @Test
  void sharesMemoryBetweenStatesAndPagesByTheRatio() {
    // 1536 MiB · 0.9/1.9 = 727 MiB of states: 36 slots; 9 requests have two and leave two.
    var plan = MemoryPlan.of(
        NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), keeping(0, 2, 0, 0.9));

    assertEquals(9, plan.maxRunningRequests());
    assertEquals(36, plan.capacity().slots());
    assertEquals(18, plan.keptSlots());
    assertEquals(1536 - 36 * 20, plan.capacity().pages());
  }

  @Test
  void runningRequestsHaveTheirSlotsWhateverTheRatioSays() {
    var plan = MemoryPlan.of(
        NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), keeping(30, 2, 0, 0.1));

    assertEquals(30, plan.maxRunningRequests());
    assertEquals(60, plan.capacity().slots());
    assertTrue(plan.warnings().getFirst().startsWith("no state slot is left for kept prefixes"));
  }

  @Test
  void oneSlotForARunningRequestLeavesMoreToKeep() {
    // 36 slots as before; 12 requests have one and leave two.
    var plan = MemoryPlan.of(
        NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), keeping(0, 1, 0, 0.9));

    assertEquals(12, plan.maxRunningRequests());
    assertEquals(24, plan.keptSlots());
  }

  @Test
  void keepsNoMoreThanTheRunningRequestsCanFill() {
    var needs = new MemoryNeeds(new CacheLayout(64, MIB, MIB), GIB, 4_096);
    var plan = MemoryPlan.of(
        needs, budget(64 * GIB, 60 * GIB, MemoryBudget.UNBOUNDED), keeping(2, 2, 0, 0.9));

    assertEquals(2 * 8, plan.keptSlots());
    assertEquals(128, plan.capacity().pages());
  }

  @Test
  void takesTheAskedNumberOfSlots() {
    var plan = MemoryPlan.of(
        NEEDS, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), keeping(0, 2, 40, 0.9));

    assertEquals(40, plan.capacity().slots());
    assertEquals(10, plan.maxRunningRequests());
    assertEquals(20, plan.keptSlots());
    assertEquals(1536 - 800, plan.capacity().pages());
  }

  @Test
  void refusesSlotsThatDoNotFitOrAreTooFew() {
    var budget = budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED);

    assertEquals(
        "--max-mamba-cache-size 1000 needs 19.5 GiB of cache with the pages of one request, but 1.5"
            + " GiB is left for caches beside 2.0 GiB of weights: ask for fewer",
        refusal(NEEDS, budget, keeping(0, 2, 1_000, 0.9)));
    assertEquals(
        "--max-running-requests 8 does not fit: each takes 2 state slots of 20.0 MiB and pages of"
            + " 1.0 MiB for at least 256 tokens, --max-mamba-cache-size allows 10 slots; 1.5 GiB is"
            + " left for caches beside 2.0 GiB of weights: ask for at most 5",
        refusal(NEEDS, budget, keeping(8, 2, 10, 0.9)));
    assertEquals(
        "--max-mamba-cache-size 1: a running request alone works with 2",
        assertThrows(IllegalArgumentException.class, () -> keeping(0, 2, 1, 0.9))
            .getMessage());
  }

  @Test
  void stepBuffersComeBeforeCaches() {
    var step = new MemoryNeeds.Step(MIB, 2 * MIB, 200);
    var needs = new MemoryNeeds(NEEDS.layout(), 2 * GIB, 32_768, step, List.of());
    // 1536 MiB − 264 rows of 1 MiB − 64 rows of 2 MiB = 1144 MiB; 15 · 72 MiB fit.
    var plan =
        MemoryPlan.of(needs, budget(8 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), MemorySettings.AUTO);

    assertEquals(15, plan.maxRunningRequests());
    assertEquals(1144 - 15 * 40, plan.capacity().pages());
  }

  @Test
  void refusesASumBeyondTheContainer() {
    var needs = new MemoryNeeds(
        NEEDS.layout(),
        2 * GIB,
        32_768,
        new MemoryNeeds.Step(0, 0, 0),
        List.of(new MemoryNeeds.Other("heaps", (running, pages) -> GIB)));

    assertEquals(
        "the memory plan takes 4.8 GiB of 4.0 GiB (weights 2.0 GiB, KV cache 843.0 MiB, states"
            + " 1000.0 MiB, checkpoints 0 B, step buffers 0 B, heaps 1.0 GiB): lower"
            + " --mem-fraction-static 0.95",
        refusal(needs, budget(4 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), asked(0.95, 0, 0)));
  }

  @Test
  void whatWasLeftOpenFitsTheContainer() {
    var needs = new MemoryNeeds(
        NEEDS.layout(),
        2 * GIB,
        32_768,
        new MemoryNeeds.Step(0, 0, 0),
        List.of(new MemoryNeeds.Other("heaps", (running, pages) -> GIB)));
    var plan =
        MemoryPlan.of(needs, budget(4 * GIB, 4 * GIB, MemoryBudget.UNBOUNDED), MemorySettings.AUTO);

    assertTrue(plan.cacheBytes(NEEDS.layout()) <= GIB);
    assertTrue(plan.warnings().isEmpty());
  }

  @Test
  void warnsWhenLessIsFreeNowThanWasAskedFor() {
    var plan =
        MemoryPlan.of(NEEDS, budget(8 * GIB, 3 * GIB, MemoryBudget.UNBOUNDED), asked(0.5, 0, 0));

    assertEquals(
        "the memory plan may take 4.0 GiB, but only 3.0 GiB are available now",
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
        failure
            .getMessage()
            .startsWith("--mem-fraction-static 0.2 of 8.0 GiB: nothing is left for"),
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
    assertEquals(
        List.of(
            "  weights         2.0 GiB  packed panels",
            "  KV cache      512.0 MiB  32,768 tokens in 512 pages of 64",
            "  states         40.0 MiB  2 slots of 20.0 MiB, two per running request",
            "  checkpoints         0 B  nothing is kept for other requests",
            "  step buffers        0 B  1 rows, 1 of them with logits",
            "  together        2.5 GiB",
            "  1 request runs at a time; one request may hold 32,768 tokens (context 32,768)"),
        plan.lines().subList(1, plan.lines().size()));
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
