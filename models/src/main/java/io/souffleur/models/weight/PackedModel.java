package io.souffleur.models.weight;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of one text model: embedding, head, and what its layers are put together from.
 *
 * <p>{@link #open} fills or maps the blocks of all matrices; afterwards families ask for the pieces. Owns
 * the weight source from {@link #open} on, also when that fails.
 */
public final class PackedModel implements AutoCloseable {
  private static final String EMBEDDING_BLOCK = "embedding";
  private static final String HEAD_BLOCK = "head";

  private final TensorNames names;
  private final Shape tableShape;
  private final WeightSource source;
  private final PackedMatrices matrices;

  /**
   * @param vocabSize rows of embedding and head
   * @param source checked by {@link ExpectedTensors} before
   */
  public PackedModel(
      TensorNames names,
      int vocabSize,
      int hiddenSize,
      WeightSource source,
      Kernels kernels,
      WeightForm form) {
    this.names = names;
    this.tableShape = Shape.of(vocabSize, hiddenSize);
    this.source = source;
    // Tensor names belong to it: the same file may be read with a tied and with an untied head.
    this.matrices = new PackedMatrices(names.toString(), source, kernels, form);
  }

  /** Packs or maps {@code layers}, the embedding and the head; closes everything when it fails. */
  public void open(List<FusedMatrix> layers, PanelStore store, Progress progress)
      throws IOException {
    List<FusedMatrix> all = new ArrayList<>(layers);
    all.add(headMatrix());
    matrices.open(embeddingSpecs(), all, store, progress);
  }

  private List<PanelSpec> embeddingSpecs() throws IOException {
    try {
      if (embeddingIsMapped()) {
        return List.of();
      }
      long bytes = embeddingDType().bytes(tableShape.elements());
      return List.of(new PanelSpec(EMBEDDING_BLOCK, (bytes + 63) / 64 * 64, this::fillEmbedding));
    } catch (IOException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private FusedMatrix headMatrix() {
    String tensor = names.head().orElse(names.embedding());
    return FusedMatrix.columnParallel(
        HEAD_BLOCK, tableShape.intDim(1), new FusedMatrix.Part(tensor, tableShape.intDim(0)));
  }

  private DType embeddingDType() throws InvalidModelException {
    return source.dtype(names.embedding()) == DType.BF16 ? DType.BF16 : DType.F32;
  }

  private boolean embeddingIsMapped() throws InvalidModelException {
    return source.mapped() && source.dtype(names.embedding()) != DType.F16;
  }

  private void fillEmbedding(MemorySegment block) throws IOException {
    try (Arena scratch = Arena.ofShared()) {
      Tensor stored =
          source.tensor(names.embedding(), scratch, tableShape.dim(0), tableShape.dim(1));
      if (stored.dtype() == DType.F16) {
        for (long i = 0; i < stored.elements(); i++) {
          block.setAtIndex(ValueLayout.JAVA_FLOAT, i, PackedMatrices.widened(stored, i));
        }
      } else {
        MemorySegment.copy(stored.memory(), 0, block, 0, stored.memory().byteSize());
      }
    }
  }

  /** F32 or BF16 [vocabSize, hiddenSize]. */
  public Tensor embedding() throws InvalidModelException {
    if (embeddingIsMapped()) {
      return source.tensor(
          names.embedding(), matrices.arena(), tableShape.dim(0), tableShape.dim(1));
    }
    DType dtype = embeddingDType();
    MemorySegment block = matrices.block(EMBEDDING_BLOCK);
    return new Tensor(block.asSlice(0, dtype.bytes(tableShape.elements())), dtype, tableShape);
  }

  /** [vocabSize, hiddenSize]: the output matrix, or the embedding packed as one. */
  public PackedLinear head() {
    return packed(headMatrix());
  }

  /** One of the matrices that {@link #open} was given. */
  public PackedLinear packed(FusedMatrix matrix) {
    return matrices.packed(matrix);
  }

  /** A small tensor widened to F32, {@code plus} added to every element. */
  public Tensor vector(String name, float plus, long... dims) throws InvalidModelException {
    return matrices.vector(name, plus, dims);
  }

  /** Gives files and memory back; everything handed out is invalid afterwards. */
  @Override
  public void close() {
    matrices.close();
  }
}
