package io.souffleur.models.qwen3;

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

/** Dense Qwen3 text models and the text part of Intern-S1-mini. */
public final class Qwen3Family implements ModelFamily {
  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public String modelTypes() {
    return Qwen3Config.TEXT_TYPE + ", " + String.join(", ", Qwen3Config.OUTER_TYPES)
        + " with text_config of " + Qwen3Config.TEXT_TYPE;
  }

  @Override
  public boolean recognises(ConfigJson config) {
    try {
      return Qwen3Config.recognises(config);
    } catch (InvalidModelException notText) {
      return false;
    }
  }

  @Override
  public float neutralNorm() {
    return 1;
  }

  @Override
  public ModelSummary inspect(ModelFolder folder, WeightSource weights, ComputeType computeType)
      throws IOException {
    Qwen3Config config = Qwen3Config.parse(folder);
    return summary(config, tensors(config, weights), weights, computeType);
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
    Qwen3Config config;
    Qwen3Tensors tensors;
    ModelSummary summary;
    try {
      config = Qwen3Config.parse(folder);
      tensors = tensors(config, weights);
      summary = summary(config, tensors, weights, computeType);
    } catch (IOException | RuntimeException failure) {
      weights.close();
      throw failure;
    }
    var model = new PackedModel(
        tensors.names(),
        config.vocabSize(),
        config.hiddenSize(),
        weights,
        kernels,
        summary.computeType().weightForm());
    var loader = new Qwen3WeightLoader(config, tensors, model);
    return new Qwen3Decoder(config, summary, kernels, loader.load(panels, progress));
  }

  private static Qwen3Tensors tensors(Qwen3Config config, WeightSource weights)
      throws InvalidModelException {
    TensorNames names = TensorNames.of(config.tied(), config.layerCount(), weights);
    return new Qwen3Tensors(config, names);
  }

  private ModelSummary summary(
      Qwen3Config config, Qwen3Tensors tensors, WeightSource weights, ComputeType computeType)
      throws InvalidModelException {
    DType stored = weights.dtype(tensors.names().embedding());
    ComputeType resolved = computeType.resolve(stored);
    ExpectedTensors expected = tensors.expected();
    expected.check(weights);
    long parameters = expected.parameters();
    long embedding = (long) config.vocabSize() * config.hiddenSize();
    long head = tensors.names().head().isPresent() ? embedding : 0;
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
            config.layerCount(), config.kvHeads(), config.headDim(), resolved.kvDType(), 0),
        LayerStack.demand(
            config.hiddenSize(),
            config.headDim(),
            config.vocabSize(),
            Qwen3Decoder.scratchBytes(config, 1)));
  }
}
