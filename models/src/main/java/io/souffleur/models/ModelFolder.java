package io.souffleur.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder in Hugging Face layout, its configs read.
 *
 * @param config {@code config.json}
 * @param generation {@code generation_config.json}, if there is one
 */
public record ModelFolder(Path path, ConfigJson config, Optional<ConfigJson> generation) {
  /** @throws InvalidModelException when there is no readable {@code config.json} */
  public static ModelFolder open(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new InvalidModelException(
          "model folder " + path + (Files.exists(path) ? " is not a folder" : " does not exist"));
    }
    Path config = path.resolve("config.json");
    if (!Files.isRegularFile(config)) {
      throw new InvalidModelException("model folder " + path + " has no config.json");
    }
    Path generation = path.resolve("generation_config.json");
    return new ModelFolder(
        path,
        ConfigJson.read(config),
        Files.isRegularFile(generation)
            ? Optional.of(ConfigJson.read(generation))
            : Optional.empty());
  }

  /** {@code preprocessor_config.json}, if there is one. */
  public Optional<ConfigJson> preprocessor() throws IOException {
    Path file = path.resolve("preprocessor_config.json");
    return Files.isRegularFile(file) ? Optional.of(ConfigJson.read(file)) : Optional.empty();
  }
}
