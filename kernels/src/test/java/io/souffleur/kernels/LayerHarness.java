package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Runs one layer kind over several sequences in any plan of steps.
 *
 * <p>The projection of (sequence, position) is fixed by the seed, so outputs of different plans can
 * be compared position by position.
 */
abstract class LayerHarness {
  /**
   * What one step computes: the next {@code rows} positions of a sequence.
   *
   * @param marks rows of this part after which the state is stored, too; ascending
   */
  record Part(int sequence, int rows, List<Integer> marks) {
    Part(int sequence, int rows) {
      this(sequence, rows, List.of());
    }
  }

  final Arena arena;
  final int tokens;
  final int columns;
  final int outputs;
  private final float[][] projections;

  LayerHarness(Arena arena, int sequences, int tokens, int columns, int outputs) {
    this.arena = arena;
    this.tokens = tokens;
    this.columns = columns;
    this.outputs = outputs;
    Random random = new Random(KernelSets.SEED);
    projections = new float[sequences][tokens * columns];
    for (float[] projection : projections) {
      for (int i = 0; i < projection.length; i++) {
        projection[i] = (float) random.nextGaussian();
      }
    }
  }

  /** Forgets all sequences. */
  abstract void reset();

  /** Describes one run to {@code runs}: slots and pages. */
  abstract void addRun(Runs runs, Part part, int firstPosition);

  abstract void forward(Kernels kernels, Runs runs, Tensor projection, Tensor out);

  int sequences() {
    return projections.length;
  }

  /** Makes every input of one sequence NaN. */
  void poison(int sequence) {
    Arrays.fill(projections[sequence], Float.NaN);
  }

  /** Outputs [tokens · outputs] of every sequence after all steps. */
  float[][] run(Kernels kernels, List<List<Part>> steps) {
    reset();
    int[] positions = new int[projections.length];
    float[][] results = new float[projections.length][tokens * outputs];
    for (List<Part> step : steps) {
      try (Arena stepArena = Arena.ofConfined()) {
        int rows = step.stream().mapToInt(Part::rows).sum();
        Runs runs = new Runs(stepArena, step.size(), 10_000, rows);
        Tensor projection = Tensor.allocate(stepArena, DType.F32, rows, columns);
        Tensor out = Tensor.allocate(stepArena, DType.F32, rows + 1L, outputs);
        out.memory().fill((byte) 0x55);
        int row = 0;
        for (Part part : step) {
          int first = positions[part.sequence()];
          MemorySegment.copy(
              projections[part.sequence()],
              first * columns,
              projection.memory(),
              ValueLayout.JAVA_FLOAT,
              (long) row * columns * Float.BYTES,
              part.rows() * columns);
          addRun(runs, part, first);
          row += part.rows();
        }
        forward(kernels, runs, projection, out);
        row = 0;
        for (Part part : step) {
          float[] values = KernelSets.floats(out, (long) row * outputs, part.rows() * outputs);
          System.arraycopy(
              values,
              0,
              results[part.sequence()],
              positions[part.sequence()] * outputs,
              values.length);
          positions[part.sequence()] += part.rows();
          row += part.rows();
        }
        for (int i = 0; i < outputs; i++) {
          if (out.memory().get(ValueLayout.JAVA_INT, ((long) rows * outputs + i) * 4)
              != 0x55555555) {
            throw new AssertionError("row " + rows + " past the step was written at " + i);
          }
        }
      }
    }
    return results;
  }
}
