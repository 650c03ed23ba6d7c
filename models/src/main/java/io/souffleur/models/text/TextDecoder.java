package io.souffleur.models.text;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.StateView;
import io.souffleur.models.CacheMemory;
import io.souffleur.models.Decoder;
import io.souffleur.models.Forward;
import io.souffleur.models.HiddenTap;
import io.souffleur.models.LayerCache;
import io.souffleur.models.ModelSummary;
import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.models.layer.Mixer;
import io.souffleur.models.layer.StepBuffers;
import java.util.ArrayList;
import java.util.List;

/** A text model: full attention and gated delta layers in a {@link LayerStack}. */
final class TextDecoder implements Decoder {
  private final TextConfig config;
  private final ModelSummary summary;
  private final Kernels kernels;
  private final TextWeights weights;
  private final LayerStack stack;

  TextDecoder(TextConfig config, ModelSummary summary, Kernels kernels, TextWeights weights) {
    this.config = config;
    this.summary = summary;
    this.kernels = kernels;
    this.weights = weights;
    this.stack = new LayerStack(
        kernels,
        new LayerStack.Frame(
            config.hiddenSize(), config.rotaryDim(), config.ropeTheta(), config.eps()),
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
    CacheLayout layout = memory.layout();
    long pageOffset = 0;
    long slotOffset = 0;
    List<LayerCache> caches = new ArrayList<>();
    for (boolean attention : config.attentionLayers()) {
      if (attention) {
        caches.add(new LayerCache.Paged(new KvView(
            memory.pages(),
            layout.pageBytes(),
            pageOffset,
            layout.pageTokens(),
            config.kvHeads(),
            config.headDim(),
            summary.cache().kvDType())));
        pageOffset += summary.cache().layerPageBytes(layout.pageTokens());
      } else {
        DeltaShape delta = config.delta().orElseThrow();
        long stateOffset = slotOffset + TextConfig.windowBytes(delta);
        caches.add(new LayerCache.Recurrent(
            delta,
            new StateView(memory.slots(), layout.slotBytes(), slotOffset),
            new StateView(memory.slots(), layout.slotBytes(), stateOffset)));
        slotOffset += TextConfig.layerSlotBytes(delta);
      }
    }
    return caches;
  }

  @Override
  public void attach(CacheMemory memory, int rowsMax, int logitRowsMax) {
    if (!memory.layout().equals(cacheLayout(memory.layout().pageTokens()))) {
      throw new IllegalArgumentException("cache layout " + memory.layout() + ", the model needs "
          + cacheLayout(memory.layout().pageTokens()));
    }
    List<LayerCache> caches = layerCaches(memory);
    stack.attach(
        rowsMax, logitRowsMax, config.scratchBytes(rowsMax), buffers -> layers(caches, buffers));
  }

  private List<LayerStack.Layer> layers(List<LayerCache> caches, StepBuffers buffers) {
    List<LayerStack.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      TextWeights.Layer layer = weights.layers().get(i);
      layers.add(new LayerStack.Layer(
          layer.inputNorm(),
          mixer(layer.mixer(), caches.get(i), buffers),
          layer.postNorm(),
          new GatedMlp(kernels, layer.mlp(), buffers)));
    }
    return layers;
  }

  private Mixer mixer(TextWeights.MixerWeights mixer, LayerCache cache, StepBuffers buffers) {
    if (mixer instanceof TextWeights.MixerWeights.Attention attention
        && cache instanceof LayerCache.Paged paged) {
      return new FullAttention(
          kernels, attention.weights(), config.heads(), config.eps(), paged.kv(), buffers);
    }
    if (mixer instanceof TextWeights.MixerWeights.Delta delta
        && cache instanceof LayerCache.Recurrent recurrent) {
      return new GatedDelta(kernels, delta.weights(), config.eps(), recurrent, buffers);
    }
    throw new IllegalStateException("layer and cache differ in kind");
  }

  @Override
  public long stepBytes(int rows, int logitRows) {
    return stack.stepBytes(rows, logitRows, config.scratchBytes(rows));
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
