package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.util.List;

/**
 * What every kernel set asks of its operands before it touches one; a wrong operand is a bug of the
 * caller. Native kernels check nothing behind these lines. Stateless; allocates only to complain.
 */
public final class OperandChecks {
  private OperandChecks() {}

  /** At least {@code elements} elements of {@code dtype}. */
  public static void typed(Tensor tensor, DType dtype, long elements, String name) {
    if (tensor.dtype() != dtype) {
      throw new IllegalArgumentException(name + " is " + tensor.dtype() + ", must be " + dtype);
    }
    if (tensor.elements() < elements) {
      throw new IllegalArgumentException(
          name + " has " + tensor.elements() + " elements, needs " + elements);
    }
  }

  public static void f32(Tensor tensor, long elements, String name) {
    typed(tensor, DType.F32, elements, name);
  }

  /** As {@link #typed}, and writable. */
  public static void output(Tensor tensor, DType dtype, long elements, String name) {
    if (tensor.memory().isReadOnly()) {
      throw new IllegalArgumentException(name + " is read-only memory");
    }
    typed(tensor, dtype, elements, name);
  }

  public static void output(Tensor tensor, long elements, String name) {
    output(tensor, DType.F32, elements, name);
  }

  /** Extent of the last dimension. */
  public static int columns(Tensor matrix) {
    return matrix.shape().intDim(-1);
  }

  /** A table of embeddings, F32 or BF16, that has a row for each of the first {@code rows} ids. */
  public static void embedding(Tensor table, Tensor ids, int rows) {
    if (table.dtype() != DType.F32 && table.dtype() != DType.BF16) {
      throw new IllegalArgumentException("table is " + table.dtype() + ", must be F32 or BF16");
    }
    long vocab = table.shape().dim(0);
    typed(ids, DType.I32, rows, "ids");
    for (int r = 0; r < rows; r++) {
      int id = ids.getInt(r);
      if (id < 0 || id >= vocab) {
        throw new IndexOutOfBoundsException("token id " + id + " of a vocabulary of " + vocab);
      }
    }
  }

  /** The first {@code count} numbers of {@code index} are rows of {@code x}, which has a name. */
  public static void rowIndex(Tensor x, String name, Tensor index, int count) {
    typed(index, DType.I32, count, "index of rows");
    for (int i = 0; i < count; i++) {
      int row = index.getInt(i);
      if (row < 0 || row >= x.shape().dim(0)) {
        throw new IndexOutOfBoundsException("row " + row + " of " + name + " " + x.shape());
      }
    }
  }

  /** Matrices that are stacked by rows; answers their rows together. */
  public static int stackedRows(List<Tensor> parts) {
    int inputs = columns(parts.getFirst());
    int rows = 0;
    for (Tensor part : parts) {
      if (part.shape().rank() != 2 || columns(part) != inputs) {
        throw new IllegalArgumentException(
            "part " + part.shape() + " among matrices of " + inputs + " inputs");
      }
      rows = Math.addExact(rows, part.shape().intDim(0));
    }
    return rows;
  }

  public static void sampling(
      Tensor logits, int vocab, SamplingTable params, int rows, Tensor tokens) {
    if (vocab < 1 || rows > params.rowsMax()) {
      throw new IllegalArgumentException(
          rows + " rows of " + vocab + " logits, table of " + params.rowsMax() + " rows");
    }
    if (params.hasRules() && vocab > SamplingTable.RULES_VOCABULARY_MAX) {
      throw new IllegalArgumentException("rules for " + vocab + " logits, at most "
          + SamplingTable.RULES_VOCABULARY_MAX + " may have some");
    }
    output(logits, (long) rows * vocab, "logits");
    output(tokens, DType.I32, rows, "tokens");
  }
}
