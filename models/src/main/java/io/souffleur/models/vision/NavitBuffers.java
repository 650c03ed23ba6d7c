package io.souffleur.models.vision;

import io.souffleur.models.CacheDemand;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Activations and index tables of a vision tower, taken once for the largest batch. */
final class NavitBuffers implements AutoCloseable {
  private static final int INTS_PER_SPAN = 2;

  private final Arena arena = Arena.ofShared();
  private final int patchesMax;
  private final Tensor normed;
  private final Tensor positions;
  private final Tensor windowOrder;
  private final Tensor spans;
  private final Tensor windowSpans;
  private final Tensor scale;
  private final Tensor offset;
  private final MemorySegment wide;
  private Tensor hidden;
  private Tensor other;

  NavitBuffers(NavitConfig config, int patchesMax) {
    this.patchesMax = patchesMax;
    hidden = Tensor.allocate(arena, DType.F32, patchesMax, config.hiddenSize());
    other = Tensor.allocate(arena, DType.F32, patchesMax, config.hiddenSize());
    normed = Tensor.allocate(arena, DType.F32, patchesMax, config.hiddenSize());
    positions = Tensor.allocate(arena, DType.I32, patchesMax);
    windowOrder = Tensor.allocate(arena, DType.I32, patchesMax);
    spans = Tensor.allocate(arena, DType.I32, patchesMax, INTS_PER_SPAN);
    windowSpans = Tensor.allocate(arena, DType.I32, patchesMax, INTS_PER_SPAN);
    for (int window = 0; window < patchesMax / NavitConfig.WINDOW; window++) {
      windowSpans.setInt((long) INTS_PER_SPAN * window, window * NavitConfig.WINDOW);
      windowSpans.setInt((long) INTS_PER_SPAN * window + 1, NavitConfig.WINDOW);
    }
    scale = floats(config.scale());
    offset = floats(config.offset());
    wide = arena.allocate(wideBytes(config, patchesMax), Tensor.ALIGNMENT_BYTES);
  }

  private Tensor floats(List<Float> values) {
    Tensor tensor = Tensor.allocate(arena, DType.F32, values.size());
    for (int i = 0; i < values.size(); i++) {
      tensor.setFloat(i, values.get(i));
    }
    return tensor;
  }

  static long bytes(NavitConfig config, int patchesMax) {
    long ints = DType.I32.bytes((2L + 2 * INTS_PER_SPAN) * patchesMax);
    return 3 * DType.F32.bytes((long) patchesMax * config.hiddenSize())
        + wideBytes(config, patchesMax)
        + ints;
  }

  /** The widest of what lies in the shared area; rows behind a window merger are a quarter as many. */
  private static long wideBytes(NavitConfig config, int patchesMax) {
    long perPatch = Math.max(
        Math.max(config.patchBytes(), 3 * config.hiddenSize()),
        Math.max(config.intermediateSize(), config.hiddenSize()));
    return CacheDemand.align(DType.F32.bytes(perPatch * patchesMax));
  }

  int patchesMax() {
    return patchesMax;
  }

  /** The residual stream, F32 [patchesMax, hiddenSize]. */
  Tensor hidden() {
    return hidden;
  }

  /** What becomes the residual stream at the next {@link #swap}. */
  Tensor other() {
    return other;
  }

  void swap() {
    Tensor former = hidden;
    hidden = other;
    other = former;
  }

  /** F32 [patchesMax, hiddenSize]. */
  Tensor normed() {
    return normed;
  }

  /** I32 [patchesMax]: row of the position table for each patch. */
  Tensor positions() {
    return positions;
  }

  /** I32 [patchesMax]: rows in window order. */
  Tensor windowOrder() {
    return windowOrder;
  }

  /** I32 [patchesMax, 2]: first row and rows of each image. */
  Tensor spans() {
    return spans;
  }

  /** I32 [patchesMax, 2]: four rows each. */
  Tensor windowSpans() {
    return windowSpans;
  }

  /** F32 [3]. */
  Tensor scale() {
    return scale;
  }

  /** F32 [3]. */
  Tensor offset() {
    return offset;
  }

  /** The shared area as F32 rows of {@code columns}; the last caller's values are lost. */
  Tensor wide(int columns) {
    long rows = wide.byteSize() / DType.F32.bytes(columns);
    return new Tensor(
        wide.asSlice(0, DType.F32.bytes(rows * columns)), DType.F32, Shape.of(rows, columns));
  }

  @Override
  public void close() {
    arena.close();
  }
}
