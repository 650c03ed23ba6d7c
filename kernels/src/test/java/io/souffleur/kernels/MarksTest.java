package io.souffleur.kernels;

import static io.souffleur.kernels.KernelSets.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

/** A state stored on the way has the bits of a run that ends there, and storing it changes nothing else. */
class MarksTest {
  private static final int SEQUENCES = 2;
  private static final int TOKENS = DeltaHarness.MARKED_TOKENS_MAX;

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> sets() {
    return KernelProviders.all().stream().filter(provider -> provider.missing().isEmpty());
  }

  private List<DeltaHarness> layers() {
    return Stream.of(
            new DeltaShape(2, 4, 16, 24, 4),
            new DeltaShape(1, 3, 5, 7, 2),
            new DeltaShape(1, 2, 33, 130, 1),
            new DeltaShape(1, 1, 128, 128, 4))
        .map(shape -> new DeltaHarness(arena, SEQUENCES, TOKENS, shape))
        .toList();
  }

  /** Window and state by sequence and position, each from a run of its own that ends there. */
  private static byte[][][] ends(DeltaHarness layer, Kernels kernels) {
    byte[][][] ends = new byte[SEQUENCES][TOKENS + 1][];
    for (int s = 0; s < SEQUENCES; s++) {
      for (int position = 1; position <= TOKENS; position++) {
        layer.run(kernels, List.of(List.of(new Part(s, position))));
        ends[s][position] = layer.committed(s);
      }
    }
    return ends;
  }

  private static Part part(int sequence, int rows, int... marks) {
    return new Part(sequence, rows, Arrays.stream(marks).boxed().toList());
  }

  /** Both sequences to their end in steps of random parts with random marks. */
  private static List<List<Part>> mixed(Random random) {
    int[] left = {TOKENS, TOKENS};
    List<List<Part>> steps = new ArrayList<>();
    while (left[0] + left[1] > 0) {
      List<Part> step = new ArrayList<>();
      for (int s = 0; s < SEQUENCES; s++) {
        int rows = Math.min(left[s], random.nextInt(3) == 0 ? 1 : random.nextInt(20));
        if (rows > 0) {
          int density = 1 + random.nextInt(8);
          step.add(part(
              s,
              rows,
              IntStream.rangeClosed(1, rows)
                  .filter(row -> random.nextInt(density) == 0)
                  .toArray()));
          left[s] -= rows;
        }
      }
      if (!step.isEmpty()) {
        steps.add(step);
      }
    }
    return steps;
  }

  private static List<List<List<Part>>> plans() {
    int[] every = IntStream.rangeClosed(1, TOKENS).toArray();
    List<List<List<Part>>> plans = new ArrayList<>(List.of(
        List.of(List.of(part(0, TOKENS, every), part(1, TOKENS, every))),
        List.of(List.of(part(0, TOKENS, 1), part(1, TOKENS, TOKENS))),
        List.of(List.of(part(1, TOKENS, 1, 2, TOKENS - 1, TOKENS), part(0, TOKENS, 17))),
        List.of(
            List.of(part(0, 1, 1), part(1, 39)),
            List.of(part(0, 2, 1, 2), part(1, 1, 1)),
            List.of(part(0, 37, 3)))));
    Random random = new Random(KernelSets.SEED);
    for (int i = 0; i < 6; i++) {
      plans.add(mixed(random));
    }
    return plans;
  }

  @ParameterizedTest
  @MethodSource("sets")
  void aMarkHasTheBitsOfARunThatEndsThere(KernelProvider provider) {
    try (Kernels one = provider.open(1);
        Kernels two = provider.open(2)) {
      for (DeltaHarness layer : layers()) {
        byte[][][] ends = ends(layer, one);
        float[][] outputs =
            layer.run(one, List.of(List.of(part(0, TOKENS)), List.of(part(1, TOKENS))));
        byte[] untouched = layer.marked(0, 1);
        for (List<List<Part>> plan : plans()) {
          for (Kernels kernels : List.of(one, two)) {
            float[][] actual = layer.run(kernels, plan);
            for (int s = 0; s < SEQUENCES; s++) {
              assertSameBits(outputs[s], actual[s], "outputs of " + plan);
              assertArrayEquals(ends[s][TOKENS], layer.committed(s), "end of " + plan);
              boolean[] marks = marks(plan, s);
              for (int position = 1; position <= TOKENS; position++) {
                assertArrayEquals(
                    marks[position] ? ends[s][position] : untouched,
                    layer.marked(s, position),
                    "sequence " + s + " after " + position + " of " + plan);
              }
            }
          }
        }
      }
    }
  }

  private static boolean[] marks(List<List<Part>> plan, int sequence) {
    boolean[] marks = new boolean[TOKENS + 1];
    int position = 0;
    for (List<Part> step : plan) {
      for (Part part : step) {
        if (part.sequence() == sequence) {
          for (int rows : part.marks()) {
            marks[position + rows] = true;
          }
          position += part.rows();
        }
      }
    }
    return marks;
  }

  @ParameterizedTest
  @MethodSource("sets")
  void marksReadTheOldStateAlsoWhenItIsWrittenInPlace(KernelProvider provider) {
    try (Kernels kernels = provider.open(2)) {
      for (DeltaHarness layer : layers()) {
        byte[][][] ends = ends(layer, kernels);
        layer.useOneSlot();
        layer.run(
            kernels,
            List.of(List.of(part(0, 5)), List.of(part(0, 6, 1, 2, 5)), List.of(part(0, 1, 1))));
        for (int position : new int[] {6, 7, 10, 12}) {
          assertArrayEquals(ends[0][position], layer.marked(0, position), "after " + position);
        }
        assertArrayEquals(ends[0][12], layer.committed(0));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void refusesMarksThatAreNotInTheirRunOrNotInThePool(KernelProvider provider) {
    DeltaShape shape = new DeltaShape(1, 1, 4, 4, 2);
    StateView windows = new StateView(arena.allocate(3 * 64, 64), 64, 0);
    Tensor projection = Tensor.allocate(arena, DType.F32, 4, shape.projectionColumns());
    Tensor weight = Tensor.allocate(arena, DType.F32, shape.channels(), 2);
    Tensor out = Tensor.allocate(arena, DType.F32, 4, shape.channels());
    Runs runs = new Runs(arena, 1, 1, 2);
    int[][] wrong = {
      {0, 2, 1, 2}, {1, 3, 2, 2}, {1, 2, 1, 2}, {2, 2, 1, 2}, {1, 2, 5, 2}, {1, -1, 2, 2}
    };
    try (Kernels kernels = provider.open(1)) {
      for (int[] marks : wrong) {
        runs.clear();
        runs.addRun(4, 5, 0, 1);
        runs.addMark(marks[0], marks[1]);
        runs.addMark(marks[2], marks[3]);
        var refused = assertThrows(
            IndexOutOfBoundsException.class,
            () -> kernels.causalConv(projection, weight, shape, runs, windows, out));
        assertTrue(refused.getMessage().startsWith("windows: mark"), refused.getMessage());
      }
    }
    assertThrows(IllegalStateException.class, () -> runs.addMark(4, 2));
  }
}
