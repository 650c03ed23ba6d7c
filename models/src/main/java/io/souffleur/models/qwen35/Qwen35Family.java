package io.souffleur.models.qwen35;

import io.souffleur.kernels.Kernels;
import io.souffleur.models.CacheDemand;
import io.souffleur.models.ComputeType;
import io.souffleur.models.ConfigJson;
import io.souffleur.models.Decoder;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFamily;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.ModelSummary;
import io.souffleur.models.Progress;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.models.weight.ExpectedTensors;
import io.souffleur.models.weight.PackedModel;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.TensorNames;
import io.souffleur.models.weight.WeightSource;
import io.souffleur.tensor.DType;
import java.io.IOException;

/** Qwen3.5 text models and the text part of MiniCPM-V 4.6. */
public final class Qwen35Family implements ModelFamily {
  @Override
  public String name() {
    return "qwen3.5";
  }

  @Override
  public String modelTypes() {
    return String.join(", ", Qwen35Config.MODEL_TYPES);
  }

  @Override
  public boolean recognises(ConfigJson config) {
    try {
      return Qwen35Config.MODEL_TYPES.contains(config.text("model_type", ""));
    } catch (InvalidModelException notText) {
      return false;
    }
  }

  @Override
  public float neutralNorm() {
    return 0;
  }

  @Override
  public ModelSummary inspect(ModelFolder folder, WeightSource weights, ComputeType computeType)
      throws IOException {
    Qwen35Config config = Qwen35Config.parse(folder);
    TensorNames names = TensorNames.of(config.tied(), config.layerCount(), weights);
    return summary(config, names, weights, computeType);
  }

  @Override
  public Decoder load(
      ModelFolder folder,
      WeightSource weights,
      Kernels kernels,
      ComputeType computeType,
      PanelStore panels,
      Progress progress)
      throws IOException {
    Qwen35Config config;
    TensorNames names;
    ModelSummary summary;
    try {
      config = Qwen35Config.parse(folder);
      names = TensorNames.of(config.tied(), config.layerCount(), weights);
      summary = summary(config, names, weights, computeType);
    } catch (IOException | RuntimeException failure) {
      weights.close();
      throw failure;
    }
    var model = new PackedModel(
        names,
        config.vocabSize(),
        config.hiddenSize(),
        weights,
        kernels,
        summary.computeType().weightForm());
    var loader = new Qwen35WeightLoader(config, names, model);
    return new Qwen35Decoder(config, summary, kernels, loader.load(panels, progress));
  }

  private ModelSummary summary(
      Qwen35Config config, TensorNames names, WeightSource weights, ComputeType computeType)
      throws InvalidModelException {
    DType stored = weights.dtype(names.embedding());
    ComputeType resolved = computeType.resolve(stored);
    ExpectedTensors expected = Qwen35Tensors.expected(config, names);
    expected.check(weights);
    long parameters = expected.parameters();
    long embedding = (long) config.vocabSize() * config.hiddenSize();
    long head = names.head().isPresent() ? embedding : 0;
    int elementBytes = resolved.kvDType().elementBytes();
    int embeddingBytes = stored == DType.BF16 ? 2 : 4;
    return new ModelSummary(
        name(),
        config.modelType(),
        resolved,
        config.layerCount(),
        config.hiddenSize(),
        config.vocabSize(),
        config.contextLength(),
        config.eosIds(),
        parameters,
        weights.fileBytes(),
        (parameters - head) * elementBytes + embedding * embeddingBytes,
        new CacheDemand(
            config.attentionLayerCount(),
            config.kvHeads(),
            config.headDim(),
            resolved.kvDType(),
            slotBytes(config)),
        LayerStack.demand(
            config.hiddenSize(),
            config.rotaryDim(),
            config.vocabSize(),
            Qwen35Decoder.scratchBytes(config, 1)));
  }

  /** Bytes of window and state of all delta layers. */
  static long slotBytes(Qwen35Config config) {
    return (config.layerCount() - config.attentionLayerCount()) * layerSlotBytes(config);
  }

  /** Bytes of one layer's window and state in a slot, each rounded up to the alignment of layers. */
  static long layerSlotBytes(Qwen35Config config) {
    return windowBytes(config)
        + CacheDemand.align(DType.F32.bytes(config.delta().stateElements()));
  }

  /** Bytes of one layer's window in a slot; its state follows. */
  static long windowBytes(Qwen35Config config) {
    return CacheDemand.align(DType.F32.bytes(config.delta().windowElements()));
  }
}
