package io.souffleur.models.layer;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.models.Forward;
import io.souffleur.models.HiddenTap;
import io.souffleur.models.StepDemand;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;

/**
 * Runs a decoder's layers, one after the other, between embedding and head.
 *
 * <pre>
 *   hidden = embedding(ids)
 *   per layer   hidden += mixer(norm(hidden)); hidden += mlp(norm(hidden))
 *   logits = head(norm(selected rows of hidden))
 * </pre>
 *
 * <p>Owns the step buffers, not the weights. Driven by one thread.
 */
public final class LayerStack implements AutoCloseable {
  /**
   * What all layers share.
   *
   * @param rotaryDim leading columns of a head that are rotated, even
   */
  public record Frame(int hiddenSize, int rotaryDim, double ropeTheta, float eps) {}

  /**
   * Weights before and after the layers.
   *
   * @param embedding F32 or BF16 [vocabSize, hiddenSize]
   * @param finalNorm F32 [hiddenSize], as it is multiplied
   * @param head [vocabSize, hiddenSize]
   */
  public record Ends(Tensor embedding, Tensor finalNorm, PackedLinear head) {}

  /** One layer, bound to the step buffers; norms are F32 [hiddenSize], as they are multiplied. */
  public record Layer(Tensor inputNorm, Mixer mixer, Tensor postNorm, GatedMlp mlp) {}

  private final Kernels kernels;
  private final Frame frame;
  private final Ends ends;
  private Arena stepArena = Arena.ofShared();
  private List<Layer> layers = List.of();
  private StepBuffers buffers;
  private Tensor inverseFrequencies;
  private Tensor selected;
  private Tensor selectedNormed;
  private HiddenTap tap = HiddenTap.OFF;
  private int rowsMax;
  private int logitRowsMax;

  public LayerStack(Kernels kernels, Frame frame, Ends ends) {
    this.kernels = kernels;
    this.frame = frame;
    this.ends = ends;
  }

  /**
   * Takes step buffers and binds the layers to them.
   *
   * @param scratchBytes the most that one block needs for {@code stepRowsMax} rows
   * @param binding makes the layers for given buffers
   */
  public void attach(
      int stepRowsMax,
      int stepLogitRowsMax,
      long scratchBytes,
      Function<StepBuffers, List<Layer>> binding) {
    rowsMax = stepRowsMax;
    logitRowsMax = stepLogitRowsMax;
    stepArena.close();
    stepArena = Arena.ofShared();
    buffers =
        new StepBuffers(stepArena, rowsMax, frame.hiddenSize(), frame.rotaryDim(), scratchBytes);
    selected = Tensor.allocate(stepArena, DType.F32, logitRowsMax, frame.hiddenSize());
    selectedNormed = Tensor.allocate(stepArena, DType.F32, logitRowsMax, frame.hiddenSize());
    inverseFrequencies = Tensor.allocate(stepArena, DType.F32, frame.rotaryDim() / 2);
    kernels.inverseFrequencies(frame.ropeTheta(), frame.rotaryDim() / 2, inverseFrequencies);
    layers = List.copyOf(binding.apply(buffers));
  }

  /** Bytes that {@link #attach} takes. */
  public long stepBytes(int rows, int logitRows, long scratchBytes) {
    return StepBuffers.bytes(rows, frame.hiddenSize(), frame.rotaryDim(), scratchBytes)
        + 2 * StepBuffers.tensorBytes(logitRows, frame.hiddenSize());
  }

  /**
   * What {@link #attach} takes for any number of rows, and the logits.
   *
   * @param rowScratchBytes the most that one block needs for one row
   */
  public static StepDemand demand(
      int hiddenSize, int rotaryDim, int vocabSize, long rowScratchBytes) {
    return new StepDemand(
        StepBuffers.bytes(1, hiddenSize, rotaryDim, rowScratchBytes),
        2 * StepBuffers.tensorBytes(1, hiddenSize) + StepBuffers.tensorBytes(1, vocabSize));
  }

  public void tap(HiddenTap listener) {
    tap = listener;
  }

  /** Runs one step, see {@link io.souffleur.models.Decoder#forward}. */
  public void forward(Forward step) {
    int rows = step.rows();
    if (rows != step.runs().rows()) {
      throw new IllegalStateException(
          rows + " tokens, but runs of " + step.runs().rows() + " rows");
    }
    if (rows > rowsMax) {
      throw new IllegalStateException(rows + " rows in a step, attached for " + rowsMax);
    }
    Tensor hidden = buffers.hidden();
    Tensor normed = buffers.normed();
    kernels.embed(ends.embedding(), step.ids(), rows, hidden);
    insertFeatures(step, hidden);
    tap.onHidden(HiddenTap.EMBEDDING, hidden, rows);
    kernels.rotary(step.runs(), inverseFrequencies, buffers.rotary());
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      kernels.rmsNorm(hidden, layer.inputNorm(), frame.eps(), rows, normed);
      layer.mixer().mix(step.runs());
      kernels.rmsNorm(hidden, layer.postNorm(), frame.eps(), rows, normed);
      layer.mlp().add(rows);
      tap.onHidden(i, hidden, rows);
    }
    head(step);
  }

  private void insertFeatures(Forward step, Tensor hidden) {
    List<Forward.Features> all = step.features();
    for (int i = 0; i < all.size(); i++) {
      Tensor from = all.get(i).rows();
      if (from.dtype() != DType.F32 || from.shape().intDim(-1) != frame.hiddenSize()) {
        throw new IllegalArgumentException("features are " + from.dtype() + " " + from.shape()
            + ", the model's rows have " + frame.hiddenSize() + " columns of F32");
      }
      long at = DType.F32.bytes((long) all.get(i).firstRow() * frame.hiddenSize());
      long bytes = DType.F32.bytes(from.elements());
      MemorySegment.copy(from.memory(), 0, hidden.memory(), at, bytes);
    }
  }

  /** Logits of the rows that the step asks for, see {@link io.souffleur.models.Decoder#head}. */
  public void head(Forward step) {
    int count = step.logitCount();
    if (count > logitRowsMax) {
      throw new IllegalStateException(
          count + " logit rows in a step, attached for " + logitRowsMax);
    }
    if (count > 0) {
      kernels.selectRows(buffers.hidden(), step.logitRows(), count, selected);
      kernels.rmsNorm(selected, ends.finalNorm(), frame.eps(), count, selectedNormed);
      tap.onHidden(layers.size(), selectedNormed, count);
      kernels.linear(selectedNormed, ends.head(), count, step.logits());
    }
  }

  /** Gives the step buffers back. */
  @Override
  public void close() {
    stepArena.close();
  }
}
