package io.souffleur.models.qwen3;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.models.CacheMemory;
import io.souffleur.models.Decoder;
import io.souffleur.models.Forward;
import io.souffleur.models.HiddenTap;
import io.souffleur.models.LayerCache;
import io.souffleur.models.ModelSummary;
import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.models.layer.StepBuffers;
import java.util.ArrayList;
import java.util.List;

/** The dense Qwen3 text model: equal layers in a {@link LayerStack}, no recurrent state. */
final class Qwen3Decoder implements Decoder {
  private final Qwen3Config config;
  private final ModelSummary summary;
  private final Kernels kernels;
  private final Qwen3Weights weights;
  private final LayerStack stack;

  Qwen3Decoder(Qwen3Config config, ModelSummary summary, Kernels kernels, Qwen3Weights weights) {
    this.config = config;
    this.summary = summary;
    this.kernels = kernels;
    this.weights = weights;
    this.stack = new LayerStack(
        kernels,
        new LayerStack.Frame(
            config.hiddenSize(), config.headDim(), config.ropeTheta(), config.eps()),
        weights.ends());
  }

  @Override
  public ModelSummary summary() {
    return summary;
  }

  @Override
  public CacheLayout cacheLayout(int pageTokens) {
    return summary.cache().layout(pageTokens);
  }

  @Override
  public List<LayerCache> layerCaches(CacheMemory memory) {
    return new ArrayList<>(pages(memory));
  }

  private List<LayerCache.Paged> pages(CacheMemory memory) {
    CacheLayout layout = memory.layout();
    long layerBytes = summary.cache().layerPageBytes(layout.pageTokens());
    List<LayerCache.Paged> pages = new ArrayList<>();
    for (int layer = 0; layer < config.layerCount(); layer++) {
      pages.add(new LayerCache.Paged(new KvView(
          memory.pages(),
          layout.pageBytes(),
          layer * layerBytes,
          layout.pageTokens(),
          config.kvHeads(),
          config.headDim(),
          summary.cache().kvDType())));
    }
    return pages;
  }

  @Override
  public void attach(CacheMemory memory, int rowsMax, int logitRowsMax) {
    if (!memory.layout().equals(cacheLayout(memory.layout().pageTokens()))) {
      throw new IllegalArgumentException("cache layout " + memory.layout() + ", the model needs "
          + cacheLayout(memory.layout().pageTokens()));
    }
    List<LayerCache.Paged> pages = pages(memory);
    stack.attach(
        rowsMax, logitRowsMax, scratchBytes(config, rowsMax), buffers -> layers(pages, buffers));
  }

  private List<LayerStack.Layer> layers(List<LayerCache.Paged> pages, StepBuffers buffers) {
    List<LayerStack.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      Qwen3Weights.Layer layer = weights.layers().get(i);
      layers.add(new LayerStack.Layer(
          layer.inputNorm(),
          new FullAttention(
              kernels,
              layer.attention(),
              config.heads(),
              config.eps(),
              pages.get(i).kv(),
              buffers),
          layer.postNorm(),
          new GatedMlp(kernels, layer.mlp(), buffers)));
    }
    return layers;
  }

  /** The most that one block of a model needs for so many rows. */
  static long scratchBytes(Qwen3Config config, int rows) {
    return Math.max(
        FullAttention.scratchBytes(rows, config.heads(), config.kvHeads(), config.headDim(), false),
        GatedMlp.scratchBytes(rows, config.intermediateSize()));
  }

  @Override
  public long stepBytes(int rows, int logitRows) {
    return stack.stepBytes(rows, logitRows, scratchBytes(config, rows));
  }

  @Override
  public void tap(HiddenTap listener) {
    stack.tap(listener);
  }

  @Override
  public void forward(Forward step) {
    stack.forward(step);
  }

  @Override
  public void head(Forward step) {
    stack.head(step);
  }

  @Override
  public void close() {
    stack.close();
    weights.close();
  }
}
