package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.assertClose;
import static io.souffleur.kernels.KernelSets.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.kernels.LayerHarness.Part;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention and the gated delta layer against the reference, and under the law. */
class LayerTest {
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> natives() {
    return KernelSets.natives();
  }

  private List<LayerHarness> attentions(int sequences, int tokens) {
    return List.of(
        new AttentionHarness(arena, sequences, tokens, 4, 2, 32, true, 16, DType.F32),
        new AttentionHarness(arena, sequences, tokens, 2, 1, 64, true, 64, DType.BF16),
        new AttentionHarness(arena, sequences, tokens, 6, 2, 48, true, 7, DType.F32),
        new AttentionHarness(arena, sequences, tokens, 3, 3, 4, true, 16, DType.BF16),
        new AttentionHarness(arena, sequences, tokens, 5, 1, 20, true, 100, DType.F32),
        new AttentionHarness(arena, sequences, tokens, 8, 2, 256, true, 32, DType.BF16),
        new AttentionHarness(arena, sequences, tokens, 4, 2, 32, false, 16, DType.F32),
        new AttentionHarness(arena, sequences, tokens, 4, 1, 128, false, 32, DType.BF16),
        new AttentionHarness(arena, sequences, tokens, 3, 3, 20, false, 7, DType.F32));
  }

  private List<LayerHarness> deltas(int sequences, int tokens) {
    return List.of(
        new DeltaHarness(arena, sequences, tokens, new DeltaShape(2, 4, 16, 24, 4)),
        new DeltaHarness(arena, sequences, tokens, new DeltaShape(4, 4, 16, 16, 4)),
        new DeltaHarness(arena, sequences, tokens, new DeltaShape(1, 3, 5, 7, 2)),
        new DeltaHarness(arena, sequences, tokens, new DeltaShape(2, 2, 128, 128, 4)),
        new DeltaHarness(arena, sequences, tokens, new DeltaShape(1, 1, 33, 130, 1)));
  }

  private static List<List<Part>> alone(int sequences, int tokens) {
    return IntStream.range(0, sequences)
        .mapToObj(s -> List.of(new Part(s, tokens)))
        .toList();
  }

  /** Steps in which random sequences advance by random chunks, side by side. */
  private static List<List<Part>> mixed(Random random, int sequences, int tokens) {
    int[] left = new int[sequences];
    Arrays.fill(left, tokens);
    List<List<Part>> steps = new ArrayList<>();
    while (IntStream.of(left).sum() > 0) {
      List<Part> step = new ArrayList<>();
      for (int s = sequences - 1; s >= 0; s--) {
        if (left[s] > 0 && random.nextInt(4) > 0) {
          int rows = Math.min(left[s], random.nextBoolean() ? 1 : 1 + random.nextInt(90));
          step.add(new Part(s, rows));
          left[s] -= rows;
        }
      }
      if (!step.isEmpty()) {
        steps.add(step);
      }
    }
    return steps;
  }

  @ParameterizedTest
  @MethodSource("natives")
  void attentionAgreesWithTheReference(KernelProvider provider) {
    agrees(provider, attentions(2, 150));
  }

  @ParameterizedTest
  @MethodSource("natives")
  void theDeltaLayerAgreesWithTheReference(KernelProvider provider) {
    agrees(provider, deltas(2, 60));
  }

  private static void agrees(KernelProvider provider, List<LayerHarness> layers) {
    try (Kernels kernels = provider.open(2);
        Kernels reference = KernelSets.reference()) {
      for (LayerHarness layer : layers) {
        List<List<Part>> steps = alone(layer.sequences(), layer.tokens);
        float[][] expected = layer.run(reference, steps);
        float[][] actual = layer.run(kernels, steps);
        for (int s = 0; s < layer.sequences(); s++) {
          assertClose(expected[s], actual[s], 5e-5, "layer " + layers.indexOf(layer));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void attentionKeepsEveryBitInAnyBatchChunkingAndTeam(KernelProvider provider) {
    keepsEveryBit(provider, attentions(3, 200));
  }

  @ParameterizedTest
  @MethodSource("natives")
  void theDeltaLayerKeepsEveryBitInAnyBatchChunkingAndTeam(KernelProvider provider) {
    keepsEveryBit(provider, deltas(3, 120));
  }

  private static void keepsEveryBit(KernelProvider provider, List<LayerHarness> layers) {
    Random random = new Random(KernelSets.SEED);
    try (Kernels one = provider.open(1);
        Kernels three = provider.open(3)) {
      for (LayerHarness layer : layers) {
        float[][] expected = layer.run(one, alone(layer.sequences(), layer.tokens));
        for (int round = 0; round < 3; round++) {
          float[][] actual =
              layer.run(round == 0 ? one : three, mixed(random, layer.sequences(), layer.tokens));
          for (int s = 0; s < layer.sequences(); s++) {
            assertSameBits(
                expected[s],
                actual[s],
                "layer " + layers.indexOf(layer) + " round " + round + " sequence " + s);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void attentionDoesNotDependOnThePageSize(KernelProvider provider) {
    try (Kernels kernels = provider.open(2)) {
      float[] expected = null;
      for (int pageTokens : new int[] {1, 16, 48, 64, 256}) {
        var layer = new AttentionHarness(arena, 1, 170, 4, 2, 32, true, pageTokens, DType.BF16);
        float[] actual = layer.run(kernels, alone(1, 170))[0];
        expected = expected == null ? actual : expected;
        assertSameBits(expected, actual, "pages of " + pageTokens);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void aSequenceOfNotANumberLeavesItsNeighboursAlone(KernelProvider provider) {
    try (Kernels kernels = provider.open(2)) {
      for (int kind = 0; kind < 2; kind++) {
        LayerHarness layer =
            kind == 0 ? attentions(3, 70).getFirst() : deltas(3, 70).getFirst();
        List<List<Part>> together =
            List.of(List.of(new Part(0, 70), new Part(1, 70), new Part(2, 70)));
        float[][] expected = layer.run(kernels, together);
        layer.poison(1);
        float[][] actual = layer.run(kernels, together);
        assertSameBits(expected[0], actual[0], "sequence before");
        assertSameBits(expected[2], actual[2], "sequence after");
        assertTrue(Float.isNaN(actual[1][actual[1].length - 1]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void oneStateSlotReadAndWrittenInPlaceGivesTheSameBitsAsTwo(KernelProvider provider) {
    try (Kernels kernels = provider.open(2)) {
      DeltaHarness layer = new DeltaHarness(arena, 1, 40, new DeltaShape(2, 4, 16, 24, 4));
      List<List<Part>> steps = List.of(
          List.of(new Part(0, 1)),
          List.of(new Part(0, 2)),
          List.of(new Part(0, 36)),
          List.of(new Part(0, 1)));
      float[] expected = layer.run(kernels, steps)[0];
      layer.useOneSlot();
      assertSameBits(expected, layer.run(kernels, steps)[0], "in place");
    }
  }

  @ParameterizedTest
  @MethodSource("natives")
  void refusesSlotsOutsideThePool(KernelProvider provider) {
    DeltaShape shape = new DeltaShape(1, 1, 4, 4, 2);
    Runs runs = new Runs(arena, 1, 1);
    runs.addRun(1, 5, 0, 2);
    long bytes = 2 * 64;
    StateView windows = new StateView(arena.allocate(bytes, 64), 64, 0);
    Tensor projection = Tensor.allocate(arena, DType.F32, 1, shape.projectionColumns());
    Tensor weight = Tensor.allocate(arena, DType.F32, shape.channels(), 2);
    Tensor out = Tensor.allocate(arena, DType.F32, 1, shape.channels());
    try (Kernels kernels = provider.open(1)) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> kernels.causalConv(projection, weight, shape, runs, windows, out));
    }
  }
}
