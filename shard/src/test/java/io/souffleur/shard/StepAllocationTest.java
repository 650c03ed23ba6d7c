package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.kernels.KernelProviders;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A decode step of a native kernel set allocates no Java heap on the rank's thread, once it is compiled.
 * The reference twin is no kernel set to serve with, and is not measured.
 */
class StepAllocationTest {
  private static final int SEATS = 4;
  private static final int WARM_ROUNDS = 12;
  private static final int STEPS_PER_ROUND = 400;

  static Stream<TinyModel.Case> nativeCases() {
    List<TinyModel.Case> cases = TinyModel.cases()
        .filter(on -> on.provider().startsWith(KernelProviders.NATIVE))
        .toList();
    assumeFalse(cases.isEmpty(), "no native kernel set runs on this machine");
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("nativeCases")
  void decodingAllocatesNothing(TinyModel.Case on) throws Exception {
    assertAllocatesNothing(on, false);
  }

  @ParameterizedTest
  @MethodSource("nativeCases")
  void copyingPagesAndKeepingStatesAllocatesNothing(TinyModel.Case on) throws Exception {
    assertAllocatesNothing(on, true);
  }

  private static void assertAllocatesNothing(TinyModel.Case on, boolean copying) throws Exception {
    var capacity = new CacheCapacity(SEATS * 2, 3 * SEATS);
    try (var model = new TinyModel(on, 1);
        var kv = KvStore.inMemory(model.layout(), capacity);
        var states = StateStore.inMemory(model.layout(), capacity);
        var rank = new ShardRuntime(
            model.decoder,
            model.kernels,
            kv,
            states,
            model.layout(),
            new ShardLimits(SEATS, SEATS, 2))) {
      var plan = new StepPlan();
      var result = new StepResult();
      start(plan);
      rank.execute(plan, result);
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

      long bytes = Long.MAX_VALUE;
      for (int round = 0; round < WARM_ROUNDS && bytes > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < STEPS_PER_ROUND; i++) {
          decode(plan, 2 + i % 2, copying);
          rank.execute(plan, result);
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - before;
      }

      assertEquals(0, bytes, "bytes allocated in " + STEPS_PER_ROUND + " compiled steps");
    }
  }

  private static void start(StepPlan plan) {
    plan.reset(1, 1, 1, 0);
    for (int seat = 0; seat < SEATS; seat++) {
      plan.admit(seat, SamplingSpec.GREEDY);
      plan.addPage(seat, 2 * seat);
      plan.addPage(seat, 2 * seat + 1);
      plan.addRun(seat, 0, StepPlan.NO_SLOT, 2 * seat, true);
      plan.addToken(1);
    }
  }

  /** The same few positions again and again: a step may always run again. */
  private static void decode(StepPlan plan, int position, boolean copying) {
    plan.reset(1, 1, position, 0);
    for (int seat = 0; seat < SEATS; seat++) {
      plan.addRun(seat, position, 2 * seat, 2 * seat + 1, true);
      plan.addToken(3);
      if (copying) {
        plan.addCheckpoint(position + 1, 2 * SEATS + seat);
        plan.copyPage(2 * seat + 1, 2 * seat);
      }
    }
  }
}
