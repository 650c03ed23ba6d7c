package io.souffleur.models.weight;

import io.souffleur.kernels.PackedLinear;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Matrices of a file that are packed as one, stacked by rows.
 *
 * @param block name of the packed block, unique in a model
 * @param inputs columns of every part
 * @param slices as {@link PackedLinear} wants them
 */
public record FusedMatrix(String block, List<Part> parts, int inputs, int slices) {
  /**
   * One tensor [rows, inputs].
   *
   * @param inner the dimensions behind the first as the file has them, when they are not just [inputs]
   */
  public record Part(String tensor, int rows, List<Long> inner) {
    public Part(String tensor, int rows) {
      this(tensor, rows, List.of());
    }

    long[] dims(int inputs) {
      List<Long> behind = inner.isEmpty() ? List.of((long) inputs) : inner;
      return LongStream.concat(LongStream.of(rows), behind.stream().mapToLong(Long::longValue))
          .toArray();
    }
  }

  public FusedMatrix {
    parts = List.copyOf(parts);
  }

  /** A map whose outputs may be dealt out to ranks. */
  public static FusedMatrix columnParallel(String block, int inputs, Part... parts) {
    return new FusedMatrix(block, List.of(parts), inputs, 1);
  }

  /** A map whose inputs may be dealt out to ranks. */
  public static FusedMatrix rowParallel(String block, int inputs, Part part) {
    return new FusedMatrix(block, List.of(part), inputs, PackedLinear.rowParallelSlices(inputs));
  }

  public int outputs() {
    return parts.stream().mapToInt(Part::rows).sum();
  }
}
