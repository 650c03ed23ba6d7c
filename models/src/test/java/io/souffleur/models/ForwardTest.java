package io.souffleur.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.souffleur.kernels.Runs;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardTest {
  private static final int STEPS_TO_WARM = 2_000;
  private static final int STEPS_MEASURED = 100;

  @Test
  void refusesMoreThanItWasMadeFor() {
    try (Arena arena = Arena.ofConfined()) {
      var step = new Forward(arena, 1, 1, 1, 1, 4);
      step.addToken(3);
      assertTrue(assertThrows(IllegalStateException.class, () -> step.addToken(3))
          .getMessage()
          .contains("more than 1 tokens"));
      step.addLogitRow(0);
      assertTrue(assertThrows(IllegalStateException.class, () -> step.addLogitRow(0))
          .getMessage()
          .contains("more than 1 logit rows"));
      step.clear();
      assertEquals(0, step.rows());
      assertEquals(0, step.logitCount());
    }
  }

  @Test
  void tokensAndRunsMustAgree() throws Exception {
    var golden = new GoldenModel.Case("text-tied", "reference");
    try (var model = new GoldenModel(golden, ComputeType.FLOAT32);
        var run = model.run(1, 16);
        Arena arena = Arena.ofConfined()) {
      run.append(0, 1);
      var step = new Forward(arena, 4, 1, 1, 1, 300);
      step.runs().addRun(2, 0, Runs.NO_SLOT, 0);
      step.addToken(1);
      assertTrue(assertThrows(IllegalStateException.class, () -> model.decoder.forward(step))
          .getMessage()
          .contains("1 tokens, but runs of 2 rows"));
      step.clear();
      step.runs().addRun(2, 0, Runs.NO_SLOT, 0);
      step.addToken(1);
      step.addToken(2);
      model.decoder.attach(emptyCaches(model.decoder, arena), 1, 1);
      assertTrue(assertThrows(IllegalStateException.class, () -> model.decoder.forward(step))
          .getMessage()
          .contains("2 rows in a step, attached for 1"));
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.models.GoldenModel#readyProviders")
  void aWarmDecodeStepTakesNoHeap(String provider) throws Exception {
    var golden = new GoldenModel.Case("text-tied", provider);
    try (var model = new GoldenModel(golden, ComputeType.BFLOAT16);
        Arena arena = Arena.ofConfined()) {
      model.decoder.attach(emptyCaches(model.decoder, arena), 4, 1);
      var step = new Forward(arena, 4, 1, 1, 1, 300);
      var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      decode(model.decoder, step, STEPS_TO_WARM);
      long before = memory.getCurrentThreadAllocatedBytes();
      decode(model.decoder, step, STEPS_MEASURED);
      long taken = memory.getCurrentThreadAllocatedBytes() - before;
      // The measuring itself may take a little; StrictMath's reduction of angles takes arrays.
      long perStep = provider.equals("reference") ? 1_024 : 16;
      assertTrue(taken < STEPS_MEASURED * perStep, taken + " B in " + STEPS_MEASURED + " steps");
    }
  }

  /** One page of 16 tokens and two slots. */
  private static CacheMemory emptyCaches(Decoder decoder, Arena arena) {
    var layout = decoder.cacheLayout(16);
    return new CacheMemory(
        arena.allocate(layout.pageBytes(), Tensor.ALIGNMENT_BYTES),
        arena.allocate(2 * layout.slotBytes(), Tensor.ALIGNMENT_BYTES),
        layout);
  }

  private static void decode(Decoder decoder, Forward step, int steps) {
    for (int i = 0; i < steps; i++) {
      step.clear();
      step.runs().addRun(1, i % 16, i % 16 == 0 ? Runs.NO_SLOT : i % 2, 1 - i % 2);
      step.runs().addPage(0);
      step.addLogitRow(0);
      step.addToken(i % 300);
      decoder.forward(step);
    }
  }
}
