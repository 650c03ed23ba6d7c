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
 * Weights as kernels want them: packed matrices, and small tensors widened to F32.
 *
 * <p>{@link #open} fills or maps the blocks of all matrices; afterwards the pieces are asked for and put
 * together. Owns the weight source from {@link #open} on, also when that fails.
 */
public final class PackedMatrices implements AutoCloseable {
  private final String part;
  private final WeightSource source;
  private final Kernels kernels;
  private final WeightForm form;
  private final Arena arena = Arena.ofShared();
  private Panels panels;
  private long digestBytes;

  /**
   * @param part what of a model this is, with all that decides its blocks beside weights and kernels
   * @param source checked by {@link ExpectedTensors} before
   */
  public PackedMatrices(String part, WeightSource source, Kernels kernels, WeightForm form) {
    this.part = part;
    this.source = source;
    this.kernels = kernels;
    this.form = form;
  }

  /** Packs or maps {@code matrices}; closes everything when it fails. */
  public void open(List<FusedMatrix> matrices, PanelStore store, Progress progress)
      throws IOException {
    open(List.of(), matrices, store, progress);
  }

  /** As the other, with blocks of another kind before the matrices. */
  void open(List<PanelSpec> others, List<FusedMatrix> matrices, PanelStore store, Progress progress)
      throws IOException {
    try {
      List<PanelSpec> specs = new ArrayList<>(others);
      for (FusedMatrix matrix : matrices) {
        specs.add(spec(matrix));
      }
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

  private String key(PanelStore store, Progress progress) throws IOException {
    String content = source.contentDigest(store.digests(), progress);
    return String.join("|", kernels.fingerprint(), content, part, form.name());
  }

  private PanelSpec spec(FusedMatrix matrix) {
    long bytes = kernels.panelBytes(form, matrix.outputs(), matrix.inputs());
    return new PanelSpec(matrix.block(), bytes, block -> fill(matrix, block));
  }

  private void fill(FusedMatrix matrix, MemorySegment block) throws IOException {
    try (Arena scratch = Arena.ofShared()) {
      List<Tensor> parts = new ArrayList<>();
      for (FusedMatrix.Part each : matrix.parts()) {
        Tensor stored = source.tensor(each.tensor(), scratch, each.dims(matrix.inputs()));
        Shape flat = Shape.of(each.rows(), matrix.inputs());
        parts.add(new Tensor(stored.memory(), stored.dtype(), flat));
      }
      kernels.pack(parts, form, matrix.slices(), block);
    }
  }

  /** Memory that lives as long as the weights. */
  Arena arena() {
    return arena;
  }

  MemorySegment block(String name) {
    return panels.block(name);
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

  /** F32 [elements] of zeros that live as long as the weights. */
  public Tensor zeros(long elements) {
    return Tensor.allocate(arena, DType.F32, elements);
  }

  static float widened(Tensor tensor, long index) {
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
