package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which checkpoint is served, and as what.
 *
 * @param folder checkpoint folder, seen to exist; empty for the embedded model
 * @param tokenizerFolder folder of another tokenizer, seen to exist; empty for {@code folder}
 * @param dtype form of the weights in matrix products
 * @param source whether weights are read or made
 * @param contextTokens cap of prompt and completion; empty for the model's own limit, which it may
 *     not exceed (checked once the configuration is read)
 */
public record ModelOptions(
    Optional<Path> folder,
    Optional<Path> tokenizerFolder,
    Dtype dtype,
    Source source,
    OptionalInt contextTokens) {

  /** Form of the weights in matrix products. */
  public enum Dtype {
    /** The form of the files; F16 is widened to F32. */
    AUTO,
    BFLOAT16,
    FLOAT32
  }

  /** Where weights come from. */
  public enum Source {
    /** The safetensors files of the folder. */
    FILES,
    /** Seeded random numbers in the shapes of the configuration. */
    DUMMY
  }

  public boolean embedded() {
    return folder.isEmpty();
  }
}
