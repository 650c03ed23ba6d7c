package io.souffleur.models;

import io.souffleur.kernels.Runs;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Input and output of one step, taken once and refilled.
 *
 * <pre>
 *   clear → runs().addRun, addPage; add token ids; give features; ask for logit rows
 *         → Decoder.forward → logits
 * </pre>
 *
 * <p>Owned by one rank loop.
 */
public final class Forward {
  private final Runs runs;
  private final Tensor ids;
  private final Tensor logitRows;
  private final Tensor logits;
  private final int rowsMax;
  private final int logitRowsMax;
  private int rows;
  private int logitCount;
  private final List<Features> features = new ArrayList<>();

  /**
   * @param rowsMax most tokens of a step
   * @param runsMax most sequences of a step
   * @param pagesMax most page numbers of all sequences of a step together
   * @param logitRowsMax most rows of a step whose logits are wanted
   */
  public Forward(
      Arena arena, int rowsMax, int runsMax, int pagesMax, int logitRowsMax, int vocabSize) {
    this.rowsMax = rowsMax;
    this.logitRowsMax = logitRowsMax;
    this.runs = new Runs(arena, runsMax, pagesMax, rowsMax);
    this.ids = Tensor.allocate(arena, DType.I32, rowsMax);
    this.logitRows = Tensor.allocate(arena, DType.I32, logitRowsMax);
    this.logits = Tensor.allocate(arena, DType.F32, logitRowsMax, vocabSize);
  }

  public void clear() {
    runs.clear();
    rows = 0;
    logitCount = 0;
    features.clear();
  }

  /** Appends the token of the next row; rows follow the order of {@link #runs}. */
  public void addToken(int id) {
    if (rows == rowsMax) {
      throw new IllegalStateException("more than " + rowsMax + " tokens in a step");
    }
    ids.setInt(rows++, id);
  }

  /** Forgets which logits were asked for, and nothing else: others can be, by {@link Decoder#head}. */
  public void clearLogitRows() {
    logitCount = 0;
  }

  /** Asks for the logits of {@code row}; they become the next row of {@link #logits}. */
  public void addLogitRow(int row) {
    if (logitCount == logitRowsMax) {
      throw new IllegalStateException("more than " + logitRowsMax + " logit rows in a step");
    }
    logitRows.setInt(logitCount++, row);
  }

  /**
   * Rows that do not take the embeddings of their tokens.
   *
   * @param firstRow the first of them
   * @param rows F32 [count, hiddenSize], read by {@link Decoder#forward}
   */
  public record Features(int firstRow, Tensor rows) {}

  /** Puts {@code from}, an F32 [count, hiddenSize], in the place of the embeddings from {@code firstRow} on. */
  public void addFeatures(int firstRow, Tensor from) {
    if (firstRow < 0 || firstRow + from.shape().dim(0) > rows) {
      throw new IllegalArgumentException("features for rows " + firstRow + " and the next "
          + from.shape().dim(0) + " of a step that has " + rows);
    }
    features.add(new Features(firstRow, from));
  }

  /** What was given by {@link #addFeatures}. */
  public List<Features> features() {
    return features;
  }

  public Runs runs() {
    return runs;
  }

  /** I32 [rowsMax]: token ids, {@link #rows} of them. */
  public Tensor ids() {
    return ids;
  }

  /** Tokens of this step. */
  public int rows() {
    return rows;
  }

  /** I32 [logitRowsMax]: rows whose logits are wanted, {@link #logitCount} of them. */
  public Tensor logitRows() {
    return logitRows;
  }

  public int logitCount() {
    return logitCount;
  }

  /** F32 [logitRowsMax, vocabSize]: written by {@link Decoder#forward}. */
  public Tensor logits() {
    return logits;
  }
}
