package io.souffleur.models.weight;

import io.souffleur.kernels.PackedLinear;
import java.util.List;

/**
 * Matrices of a file that are packed as one, stacked by rows.
 *
 * @param block name of the packed block, unique in a model
 * @param inputs columns of every part
 * @param slices as {@link PackedLinear} wants them
 */
public record FusedMatrix(String block, List<Part> parts, int inputs, int slices) {
  /** One tensor [rows, inputs]. */
  public record Part(String tensor, int rows) {}

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
