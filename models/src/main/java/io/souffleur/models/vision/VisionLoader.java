package io.souffleur.models.vision;

import io.souffleur.kernels.Kernels;
import io.souffleur.models.ComputeType;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.Progress;
import io.souffleur.models.VisionTower;
import io.souffleur.models.weight.PackedMatrices;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.WeightSource;
import java.io.IOException;
import java.util.Optional;

/** Looks for a vision tower in a model folder and loads it. */
public final class VisionLoader {
  private VisionLoader() {}

  /**
   * Empty when the model has no tower. Owns {@code weights} from here on, also when there is none.
   *
   * @throws InvalidModelException with one sentence when config and weights do not fit
   */
  public static Optional<VisionTower> load(
      ModelFolder folder,
      WeightSource weights,
      Kernels kernels,
      ComputeType computeType,
      PanelStore panels,
      Progress progress)
      throws IOException {
    NavitTensors names;
    PackedMatrices memory;
    NavitConfig config;
    try {
      Optional<NavitConfig> parsed = NavitConfig.parse(folder);
      if (parsed.isEmpty()) {
        weights.close();
        return Optional.empty();
      }
      config = parsed.get();
      names = NavitTensors.of(config, weights);
      names.expected().check(weights);
      ComputeType resolved = computeType.resolve(weights.dtype(names.positions()));
      memory = new PackedMatrices("vision", weights, kernels, resolved.weightForm());
    } catch (IOException | RuntimeException failure) {
      weights.close();
      throw failure;
    }
    memory.open(names.matrices(), panels, progress);
    try {
      return Optional.of(new NavitTower(config, kernels, NavitWeights.of(names, memory)));
    } catch (IOException | RuntimeException failure) {
      memory.close();
      throw failure;
    }
  }
}
