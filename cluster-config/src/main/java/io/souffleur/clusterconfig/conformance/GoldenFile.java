package io.souffleur.clusterconfig.conformance;

import io.souffleur.models.weight.SafeTensors;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Golden F32 tensors of one file, with comparisons. Mapped until {@link #close()}. */
final class GoldenFile implements AutoCloseable {
  private final SafeTensors tensors;

  GoldenFile(Path file) throws IOException {
    this.tensors = SafeTensors.openFile(file);
  }

  boolean has(String name) {
    return tensors.has(name);
  }

  /** All elements, row-major. */
  float[] floats(String name) throws IOException {
    Tensor tensor = stored(name);
    return tensor.memory().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  Shape shape(String name) throws IOException {
    return stored(name).shape();
  }

  /** A copy of {@code name} in {@code arena}, aligned as kernels want it. */
  Tensor copy(String name, Arena arena) throws IOException {
    Tensor tensor = stored(name);
    Tensor copy = new Tensor(
        arena.allocate(tensor.memory().byteSize(), Tensor.ALIGNMENT_BYTES),
        DType.F32,
        tensor.shape());
    copy.memory().copyFrom(tensor.memory());
    return copy;
  }

  private Tensor stored(String name) throws IOException {
    Tensor tensor = tensors.stored(name);
    if (tensor.dtype() != DType.F32) {
      throw new IOException("golden tensor " + name + " is " + tensor.dtype() + ", must be F32");
    }
    return tensor;
  }

  /** Largest absolute difference; NaN when one side is no number, infinite when sizes differ. */
  static double largestError(float[] expected, float[] found) {
    if (expected.length != found.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) expected[i] - found[i]));
    }
    return largest;
  }

  /** Index of the largest element of each row of {@code columns} elements; ties to the smaller. */
  static int[] firstRanked(float[] rows, int columns) {
    int[] first = new int[rows.length / columns];
    for (int r = 0; r < first.length; r++) {
      for (int c = 1; c < columns; c++) {
        if (rows[r * columns + c] > rows[r * columns + first[r]]) {
          first[r] = c;
        }
      }
    }
    return first;
  }

  /** Rows joined. */
  static float[] flat(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] flat = new float[rows.length * columns];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, flat, r * columns, columns);
    }
    return flat;
  }

  @Override
  public void close() {
    tensors.close();
  }
}
