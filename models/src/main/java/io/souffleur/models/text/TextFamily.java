package io.souffleur.models.text;

import io.souffleur.kernels.Kernels;
import io.souffleur.models.ComputeType;
import io.souffleur.models.Decoder;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFamily;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.ModelSummary;
import io.souffleur.models.Progress;
import io.souffleur.models.weight.ExpectedTensors;
import io.souffleur.models.weight.PackedModel;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.TensorNames;
import io.souffleur.models.weight.WeightSource;
import io.souffleur.tensor.DType;
import java.io.IOException;

/** What all text families do with a folder once they have read its config. Stateless. */
public abstract class TextFamily implements ModelFamily {
  /** @throws InvalidModelException naming the first key that is missing, wrong or not supported */
  protected abstract TextConfig parse(ModelFolder folder) throws InvalidModelException;

  @Override
  public final ModelSummary inspect(
      ModelFolder folder, WeightSource weights, ComputeType computeType) throws IOException {
    return summary(tensors(folder, weights), weights, computeType);
  }

  @Override
  public final Decoder load(
      ModelFolder folder,
      WeightSource weights,
      Kernels kernels,
      ComputeType computeType,
      PanelStore panels,
      Progress progress)
      throws IOException {
    TextTensors tensors;
    ModelSummary summary;
    try {
      tensors = tensors(folder, weights);
      summary = summary(tensors, weights, computeType);
    } catch (IOException | RuntimeException failure) {
      weights.close();
      throw failure;
    }
    var model = new PackedModel(
        tensors.names(),
        summary.vocabSize(),
        summary.hiddenSize(),
        weights,
        kernels,
        summary.computeType().weightForm());
    var loader = new TextWeightLoader(tensors, 1 - neutralNorm(), model);
    return new TextDecoder(tensors.config(), summary, kernels, loader.load(panels, progress));
  }

  private TextTensors tensors(ModelFolder folder, WeightSource weights)
      throws InvalidModelException {
    TextConfig config = parse(folder);
    return new TextTensors(config, TensorNames.of(config.tied(), config.layerCount(), weights));
  }

  private ModelSummary summary(TextTensors tensors, WeightSource weights, ComputeType computeType)
      throws InvalidModelException {
    TextConfig config = tensors.config();
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
        config.cacheDemand(resolved.kvDType()),
        config.stepDemand());
  }
}
