package io.souffleur.models;

import io.souffleur.kernels.Kernels;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.WeightSource;
import java.io.IOException;

/** One architecture, found by {@code ServiceLoader}; stateless. */
public interface ModelFamily {
  /** Short, stable name. */
  String name();

  /** The {@code model_type} values it serves, for messages. */
  String modelTypes();

  /** Whether the config's {@code model_type} is one of its own. */
  boolean recognises(ConfigJson config);

  /** Weight of a layer's norm that changes nothing: 1, or 0 where the model multiplies by 1 + w. */
  float neutralNorm();

  /** Checks config and weight headers against each other without reading weights. */
  ModelSummary inspect(ModelFolder folder, WeightSource weights, ComputeType computeType)
      throws IOException;

  /**
   * Builds the decoder. It owns {@code weights} from here on, also when this method throws.
   *
   * @param kernels used by the decoder's thread until the decoder is closed; closed by the caller
   */
  Decoder load(
      ModelFolder folder,
      WeightSource weights,
      Kernels kernels,
      ComputeType computeType,
      PanelStore panels,
      Progress progress)
      throws IOException;
}
