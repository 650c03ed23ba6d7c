package io.souffleur.models.vision;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.VisionKernels;
import io.souffleur.kernels.VisionKernels.Gelu;
import io.souffleur.models.HiddenTap;
import io.souffleur.models.VisionBatch;
import io.souffleur.models.VisionTower;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;

/**
 * The vision tower of MiniCPM-V 4.6: a pre-norm encoder over the patches of each patch image, a merger of
 * 2 × 2 windows behind one of its layers (16x only), and a final merger into the text model's space.
 *
 * <pre>
 *   levels → patch embedding + position → layers 0 … m → [windows: attention, merge] → layers … → norm
 *          → windows → merger → features
 * </pre>
 *
 * <p>The residual stream changes between two buffers whenever rows are put into window order.
 */
final class NavitTower implements VisionTower {
  private final NavitConfig config;
  private final Kernels kernels;
  private final VisionKernels vision;
  private final NavitWeights weights;
  private final PatchMap map = new PatchMap();
  private NavitBuffers buffers;
  private HiddenTap tap = HiddenTap.OFF;

  NavitTower(NavitConfig config, Kernels kernels, NavitWeights weights) {
    this.config = config;
    this.kernels = kernels;
    this.vision = kernels.vision();
    this.weights = weights;
  }

  @Override
  public int featureColumns() {
    return config.featureColumns();
  }

  @Override
  public int patchBytes() {
    return config.patchBytes();
  }

  @Override
  public void attach(int patchesMax) {
    if (buffers != null) {
      buffers.close();
    }
    buffers = new NavitBuffers(config, patchesMax);
  }

  @Override
  public long bufferBytes(int patchesMax) {
    return NavitBuffers.bytes(config, patchesMax);
  }

  @Override
  public void tap(HiddenTap listener) {
    tap = listener;
  }

  @Override
  public void encode(VisionBatch batch) {
    checkFits(batch);
    int rows = batch.patches();
    map.of(batch, config.positionSide(), buffers);
    embedPatches(batch, rows);
    tap.onHidden(HiddenTap.EMBEDDING, buffers.hidden(), rows);
    for (int i = 0; i < config.layers(); i++) {
      encodeLayer(weights.layers().get(i), rows);
      tap.onHidden(i, buffers.hidden(), rows);
      if (i == config.mergeAfter()
          && batch.patchesPerToken() == VisionBatch.PATCHES_PER_TOKEN_16X) {
        rows = mergeWindows(rows);
      }
    }
    layerNorm(weights.postNorm(), rows, buffers.hidden(), buffers.hidden());
    tap.onHidden(config.layers(), buffers.hidden(), rows);
    finish(rows, batch.features());
  }

  private void checkFits(VisionBatch batch) {
    if (buffers == null || batch.patches() > buffers.patchesMax() || batch.patches() == 0) {
      throw new IllegalArgumentException(batch.patches() + " patches; attached for 1 to "
          + (buffers == null ? 0 : buffers.patchesMax()));
    }
    if (batch.features().elements() < (long) batch.tokens() * config.featureColumns()) {
      throw new IllegalArgumentException(batch.tokens() + " feature rows of "
          + config.featureColumns() + " columns do not fit " + batch.features().shape());
    }
  }

  private void embedPatches(VisionBatch batch, int rows) {
    Tensor patches = buffers.wide(config.patchBytes());
    vision.normalise(batch.levels(), buffers.scale(), buffers.offset(), rows, patches);
    kernels.linear(patches, weights.patch().matrix(), rows, buffers.hidden());
    vision.addBias(buffers.hidden(), weights.patch().bias(), rows);
    vision.addRows(buffers.hidden(), weights.positions(), buffers.positions(), rows);
  }

  private void encodeLayer(NavitWeights.Layer layer, int rows) {
    attend(layer.attention(), rows, buffers.spans(), map.images());
    layerNorm(layer.mlpNorm(), rows, buffers.hidden(), buffers.normed());
    Tensor inner = buffers.wide(config.intermediateSize());
    kernels.linear(buffers.normed(), layer.mlpIn().matrix(), rows, inner);
    vision.gelu(inner, layer.mlpIn().bias(), Gelu.TANH, rows);
    addLinear(inner, layer.mlpOut(), rows, buffers.hidden());
  }

  private void attend(NavitWeights.Attention attention, int rows, Tensor spans, int spanCount) {
    layerNorm(attention.norm(), rows, buffers.hidden(), buffers.normed());
    Tensor qkv = buffers.wide(3 * config.hiddenSize());
    kernels.linear(buffers.normed(), attention.input().matrix(), rows, qkv);
    vision.addBias(qkv, attention.input().bias(), rows);
    vision.spanAttention(qkv, spans, spanCount, config.heads(), buffers.normed());
    addLinear(buffers.normed(), attention.output(), rows, buffers.hidden());
  }

  /** Leaves a row per window in the residual stream, and returns their number. */
  private int mergeWindows(int rows) {
    NavitWeights.WindowMerger merger = weights.windowMerger();
    int windows = rows / NavitConfig.WINDOW;
    toWindowOrder(rows);
    attend(merger.attention(), rows, buffers.windowSpans(), windows);
    Tensor joined = asWindows(buffers.hidden(), windows);
    Tensor normed = asWindows(buffers.normed(), windows);
    layerNorm(merger.norm(), windows, joined, normed);
    Tensor inner = buffers.wide(config.windowInnerColumns());
    kernels.linear(normed, merger.in().matrix(), windows, inner);
    vision.gelu(inner, merger.in().bias(), Gelu.TANH, windows);
    vision.meanRows(buffers.hidden(), NavitConfig.WINDOW, windows, buffers.other());
    buffers.swap();
    addLinear(inner, merger.out(), windows, buffers.hidden());
    map.halve(buffers);
    return windows;
  }

  private void finish(int rows, Tensor features) {
    int windows = rows / NavitConfig.WINDOW;
    toWindowOrder(rows);
    Tensor normed = asWindows(buffers.normed(), windows);
    layerNorm(weights.mergerNorm(), windows, asWindows(buffers.hidden(), windows), normed);
    Tensor inner = buffers.wide(config.windowColumns());
    kernels.linear(normed, weights.mergerIn().matrix(), windows, inner);
    vision.gelu(inner, weights.mergerIn().bias(), Gelu.ERF, windows);
    kernels.linear(inner, weights.mergerOut().matrix(), windows, features);
    vision.addBias(features, weights.mergerOut().bias(), windows);
  }

  private void toWindowOrder(int rows) {
    kernels.selectRows(buffers.hidden(), buffers.windowOrder(), rows, buffers.other());
    buffers.swap();
  }

  /** The same memory, four rows of a window side by side. */
  private Tensor asWindows(Tensor rows, int windows) {
    Shape shape = Shape.of(windows, config.windowColumns());
    long bytes = DType.F32.bytes(shape.elements());
    return new Tensor(rows.memory().asSlice(0, bytes), DType.F32, shape);
  }

  private void layerNorm(NavitWeights.Norm norm, int rows, Tensor x, Tensor out) {
    vision.layerNorm(x, norm.weight(), norm.bias(), config.eps(), rows, out);
  }

  private void addLinear(Tensor x, NavitWeights.Linear linear, int rows, Tensor out) {
    kernels.linearAdd(x, linear.matrix(), rows, out);
    vision.addBias(out, linear.bias(), rows);
  }

  @Override
  public void close() {
    if (buffers != null) {
      buffers.close();
    }
    weights.memory().close();
  }
}
