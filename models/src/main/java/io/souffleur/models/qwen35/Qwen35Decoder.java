package io.souffleur.models.qwen35;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.StateView;
import io.souffleur.models.CacheMemory;
import io.souffleur.models.Decoder;
import io.souffleur.models.Forward;
import io.souffleur.models.HiddenTap;
import io.souffleur.models.LayerCache;
import io.souffleur.models.ModelSummary;
import io.souffleur.models.layer.GatedAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.Mixer;
import io.souffleur.models.layer.StepBuffers;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Forward pass of the Qwen3.5 text model.
 *
 * <pre>
 *   hidden = embedding(ids)
 *   per layer   hidden += mixer(norm(hidden)); hidden += mlp(norm(hidden))
 *   logits = head(norm(selected rows of hidden))
 * </pre>
 */
final class Qwen35Decoder implements Decoder {
  private record Layer(Tensor inputNorm, Mixer mixer, Tensor postNorm, GatedMlp mlp) {}

  private final Qwen35Config config;
  private final ModelSummary summary;
  private final Kernels kernels;
  private final Qwen35Weights weights;
  private final List<Layer> layers = new ArrayList<>();
  private Arena stepArena = Arena.ofShared();
  private StepBuffers buffers;
  private Tensor inverseFrequencies;
  private Tensor selected;
  private Tensor selectedNormed;
  private HiddenTap tap = HiddenTap.OFF;
  private int rowsMax;
  private int logitRowsMax;

  Qwen35Decoder(Qwen35Config config, ModelSummary summary, Kernels kernels, Qwen35Weights weights) {
    this.config = config;
    this.summary = summary;
    this.kernels = kernels;
    this.weights = weights;
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
        caches.add(new LayerCache.Recurrent(
            config.delta(),
            new StateView(memory.slots(), layout.slotBytes(), slotOffset),
            new StateView(
                memory.slots(),
                layout.slotBytes(),
                slotOffset + Qwen35Family.windowBytes(config))));
        slotOffset += Qwen35Family.layerSlotBytes(config);
      }
    }
    return caches;
  }

  @Override
  public void attach(CacheMemory memory, int stepRowsMax, int stepLogitRowsMax) {
    if (!memory.layout().equals(cacheLayout(memory.layout().pageTokens()))) {
      throw new IllegalArgumentException("cache layout " + memory.layout() + ", the model needs "
          + cacheLayout(memory.layout().pageTokens()));
    }
    rowsMax = stepRowsMax;
    logitRowsMax = stepLogitRowsMax;
    stepArena.close();
    stepArena = Arena.ofShared();
    layers.clear();
    buffers = new StepBuffers(
        stepArena, rowsMax, config.hiddenSize(), config.rotaryDim(), scratchBytes(rowsMax));
    selected = Tensor.allocate(stepArena, DType.F32, logitRowsMax, config.hiddenSize());
    selectedNormed = Tensor.allocate(stepArena, DType.F32, logitRowsMax, config.hiddenSize());
    inverseFrequencies = Tensor.allocate(stepArena, DType.F32, config.rotaryDim() / 2);
    kernels.inverseFrequencies(config.ropeTheta(), config.rotaryDim() / 2, inverseFrequencies);
    List<LayerCache> caches = layerCaches(memory);
    for (int i = 0; i < config.layerCount(); i++) {
      Qwen35Weights.Layer layer = weights.layers().get(i);
      layers.add(new Layer(
          layer.inputNorm(),
          mixer(layer.mixer(), caches.get(i)),
          layer.postNorm(),
          new GatedMlp(kernels, layer.mlp(), buffers)));
    }
  }

  private Mixer mixer(Qwen35Weights.MixerWeights mixer, LayerCache cache) {
    if (mixer instanceof Qwen35Weights.MixerWeights.Attention attention
        && cache instanceof LayerCache.Paged paged) {
      return new GatedAttention(
          kernels, attention.weights(), config.heads(), config.eps(), paged.kv(), buffers);
    }
    if (mixer instanceof Qwen35Weights.MixerWeights.Delta delta
        && cache instanceof LayerCache.Recurrent recurrent) {
      return new GatedDelta(kernels, delta.weights(), config.eps(), recurrent, buffers);
    }
    throw new IllegalStateException("layer and cache differ in kind");
  }

  private long scratchBytes(int rows) {
    long attention =
        GatedAttention.scratchBytes(rows, config.heads(), config.kvHeads(), config.headDim());
    long delta = GatedDelta.scratchBytes(rows, config.delta());
    long mlp = GatedMlp.scratchBytes(rows, config.intermediateSize());
    return Math.max(attention, Math.max(delta, mlp));
  }

  @Override
  public long stepBytes(int rows, int logitRows) {
    return StepBuffers.bytes(rows, config.hiddenSize(), config.rotaryDim(), scratchBytes(rows))
        + 2 * StepBuffers.tensorBytes(logitRows, config.hiddenSize());
  }

  @Override
  public void tap(HiddenTap listener) {
    tap = listener;
  }

  @Override
  public void forward(Forward step) {
    int rows = step.rows();
    if (rows != step.runs().rows()) {
      throw new IllegalStateException(
          rows + " tokens, but runs of " + step.runs().rows() + " rows");
    }
    int count = step.logitCount();
    if (rows > rowsMax || count > logitRowsMax) {
      throw new IllegalStateException(rows + " rows and " + count
          + " logit rows in a step, attached for " + rowsMax + " and " + logitRowsMax);
    }
    Tensor hidden = buffers.hidden();
    Tensor normed = buffers.normed();
    kernels.embed(weights.embedding(), step.ids(), rows, hidden);
    tap.onHidden(HiddenTap.EMBEDDING, hidden, rows);
    kernels.rotary(step.runs(), inverseFrequencies, buffers.rotary());
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      kernels.rmsNorm(hidden, layer.inputNorm(), config.eps(), rows, normed);
      layer.mixer().mix(step.runs());
      kernels.rmsNorm(hidden, layer.postNorm(), config.eps(), rows, normed);
      layer.mlp().add(rows);
      tap.onHidden(i, hidden, rows);
    }
    if (count > 0) {
      kernels.selectRows(hidden, step.logitRows(), count, selected);
      kernels.rmsNorm(selected, weights.finalNorm(), config.eps(), count, selectedNormed);
      tap.onHidden(layers.size(), selectedNormed, count);
      kernels.linear(selectedNormed, weights.head(), count, step.logits());
    }
  }

  @Override
  public void close() {
    stepArena.close();
    weights.close();
  }
}
