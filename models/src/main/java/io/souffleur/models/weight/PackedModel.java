package io.souffleur.models.weight;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.Bf16;
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
 * The weights of one model as kernels want them: embedding, packed matrices, small vectors widened to F32.
 *
 * <p>{@link #open} fills or maps the blocks of all matrices; afterwards families ask for the pieces and
 * put their layers together. Owns the weight source from {@link #open} on, also when that fails.
 */
public final class PackedModel implements AutoCloseable {
  private static final String EMBEDDING_BLOCK = "embedding";
  private static final String HEAD_BLOCK = "head";

  private final TensorNames names;
  private final Shape tableShape;
  private final WeightSource source;
  private final Kernels kernels;
  private final WeightForm form;
  private final Arena arena = Arena.ofShared();
  private Panels panels;
  private long digestBytes;

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
    this.kernels = kernels;
    this.form = form;
  }

  /** Packs or maps {@code matrices}, the embedding and the head; closes everything when it fails. */
  public void open(List<FusedMatrix> matrices, PanelStore store, Progress progress)
      throws IOException {
    try {
      List<PanelSpec> specs = specs(matrices);
      long panelBytes = specs.stream().mapToLong(PanelSpec::bytes).sum();
      String key = key(store, (done, total) -> {
        digestBytes = total;
        progress.onBytes(done, total + panelBytes);
      });
      panels = store.open(
          key, specs, (done, total) -> progress.onBytes(digestBytes + done, digestBytes + total));
    } catch (IOException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** Tensor names belong to it: the same file may be read with a tied and with an untied head. */
  private String key(PanelStore store, Progress progress) throws IOException {
    String content = source.contentDigest(store.digests(), progress);
    return String.join("|", kernels.fingerprint(), content, names.toString(), form.name());
  }

  private List<PanelSpec> specs(List<FusedMatrix> matrices) throws InvalidModelException {
    List<PanelSpec> specs = new ArrayList<>();
    if (!embeddingIsMapped()) {
      long bytes = embeddingDType().bytes(tableShape.elements());
      specs.add(new PanelSpec(EMBEDDING_BLOCK, (bytes + 63) / 64 * 64, this::fillEmbedding));
    }
    for (FusedMatrix matrix : matrices) {
      specs.add(spec(matrix));
    }
    specs.add(spec(headMatrix()));
    return specs;
  }

  private PanelSpec spec(FusedMatrix matrix) {
    long bytes = kernels.panelBytes(form, matrix.outputs(), matrix.inputs());
    return new PanelSpec(matrix.block(), bytes, block -> fill(matrix, block));
  }

  private void fill(FusedMatrix matrix, MemorySegment block) throws IOException {
    try (Arena scratch = Arena.ofShared()) {
      List<Tensor> parts = new ArrayList<>();
      for (FusedMatrix.Part part : matrix.parts()) {
        parts.add(source.tensor(part.tensor(), scratch, part.rows(), matrix.inputs()));
      }
      kernels.pack(parts, form, matrix.slices(), block);
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
          block.setAtIndex(ValueLayout.JAVA_FLOAT, i, widened(stored, i));
        }
      } else {
        MemorySegment.copy(stored.memory(), 0, block, 0, stored.memory().byteSize());
      }
    }
  }

  /** F32 or BF16 [vocabSize, hiddenSize]. */
  public Tensor embedding() throws InvalidModelException {
    if (embeddingIsMapped()) {
      return source.tensor(names.embedding(), arena, tableShape.dim(0), tableShape.dim(1));
    }
    DType dtype = embeddingDType();
    MemorySegment block = panels.block(EMBEDDING_BLOCK);
    return new Tensor(block.asSlice(0, dtype.bytes(tableShape.elements())), dtype, tableShape);
  }

  /** [vocabSize, hiddenSize]: the output matrix, or the embedding packed as one. */
  public PackedLinear head() {
    return packed(headMatrix());
  }

  /** One of the matrices that {@link #open} was given. */
  public PackedLinear packed(FusedMatrix matrix) {
    return new PackedLinear(
        panels.block(matrix.block()), form, matrix.outputs(), matrix.inputs(), matrix.slices());
  }

  /** A small tensor widened to F32, {@code plus} added to every element. */
  public Tensor vector(String name, float plus, long... dims) throws InvalidModelException {
    try (Arena scratch = Arena.ofShared()) {
      Tensor stored = source.tensor(name, scratch, dims);
      Tensor vector = Tensor.allocate(arena, DType.F32, dims);
      for (long i = 0; i < stored.elements(); i++) {
        vector.setFloat(i, widened(stored, i) + plus);
      }
      return vector;
    }
  }

  private static float widened(Tensor tensor, long index) {
    MemorySegment memory = tensor.memory();
    return switch (tensor.dtype()) {
      case F32 -> tensor.getFloat(index);
      case BF16 -> Bf16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
      case F16 -> Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
      default -> throw new IllegalArgumentException("no float form of " + tensor.dtype());
    };
  }

  /** Gives files and memory back; everything handed out is invalid afterwards. */
  @Override
  public void close() {
    if (panels != null) {
      panels.close();
    }
    arena.close();
    source.close();
  }
}
