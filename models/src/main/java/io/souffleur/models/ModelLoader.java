package io.souffleur.models;

import io.souffleur.kernels.Kernels;
import io.souffleur.models.vision.VisionLoader;
import io.souffleur.models.weight.DummyWeights;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.SafeTensors;
import io.souffleur.models.weight.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Looks at model folders and loads them; finds the family by {@code model_type}. */
public final class ModelLoader {
  private static final long DUMMY_SEED = 20_260_718L;

  private final LoadFormat format;

  public ModelLoader(LoadFormat format) {
    this.format = format;
  }

  /**
   * Reads configs and weight headers only.
   *
   * @throws InvalidModelException with one sentence when the folder cannot be served
   */
  public ModelSummary inspect(Path path, ComputeType computeType) throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    ModelFamily family = family(folder);
    try (WeightSource weights = weights(folder, family)) {
      return family.inspect(folder, weights, computeType);
    }
  }

  /**
   * Maps and packs the weights.
   *
   * @param kernels used by the decoder's thread until the decoder is closed; closed by the caller
   * @param panels where packed weights are kept between runs
   * @throws InvalidModelException with one sentence when the folder cannot be served
   */
  public Decoder load(
      Path path, Kernels kernels, ComputeType computeType, PanelStore panels, Progress progress)
      throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    ModelFamily family = family(folder);
    return family.load(folder, weights(folder, family), kernels, computeType, panels, progress);
  }

  /**
   * Maps and packs the weights of the model's vision tower; empty when it has none.
   *
   * @param kernels used by the tower's thread until the tower is closed; closed by the caller
   * @throws InvalidModelException with one sentence when the tower cannot be served
   */
  public Optional<VisionTower> loadTower(
      Path path, Kernels kernels, ComputeType computeType, PanelStore panels, Progress progress)
      throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    WeightSource weights = weights(folder, family(folder));
    return VisionLoader.load(folder, weights, kernels, computeType, panels, progress);
  }

  /**
   * A name of the weights: equal for equal ones, different for different ones.
   *
   * @param panels where digests of files are remembered
   */
  public String contentDigest(Path path, PanelStore panels, Progress progress) throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    try (WeightSource weights = weights(folder, family(folder))) {
      return weights.contentDigest(panels.digests(), progress);
    }
  }

  private WeightSource weights(ModelFolder folder, ModelFamily family) throws IOException {
    return switch (format) {
      case SAFETENSORS -> SafeTensors.open(folder.path());
      case DUMMY -> DummyWeights.of(folder.config(), DUMMY_SEED, family.neutralNorm());
    };
  }

  private static ModelFamily family(ModelFolder folder) throws InvalidModelException {
    var families = ServiceLoader.load(ModelFamily.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
    for (ModelFamily family : families) {
      if (family.recognises(folder.config())) {
        return family;
      }
    }
    throw folder
        .config()
        .refusal(
            "model_type",
            families.stream().map(ModelFamily::modelTypes).collect(Collectors.joining(", ")));
  }
}
