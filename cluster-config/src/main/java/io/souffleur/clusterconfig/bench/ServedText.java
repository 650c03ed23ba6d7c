package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.clusterconfig.launch.CacheFolder;
import io.souffleur.tokenizer.TextAssets;
import io.souffleur.tokenizer.TokenizerException;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the tokenizer of the model that a server serves. */
final class ServedText {
  private final ServingOptions.Target target;
  private final String model;

  /** @param model as the command line or the server names it */
  ServedText(ServingOptions.Target target, String model) {
    this.target = target;
    this.model = model;
  }

  /**
   * The folder that was given, else one that the server or its model's name points to on this machine,
   * else the embedded model's.
   *
   * @param modelInfo answer of {@code /model_info}, or missing
   * @param models answer of {@code /v1/models}
   */
  TextAssets load(JsonNode modelInfo, JsonNode models) throws LaunchError {
    Optional<Path> folder = target
        .tokenizer()
        .or(() -> Stream.of(
                modelInfo.path("tokenizer_path").asText(),
                modelInfo.path("model_path").asText(),
                models.path("data").path(0).path("root").asText(),
                model)
            .filter(name -> !name.isBlank())
            .map(Path::of)
            .filter(path -> Files.isRegularFile(path.resolve("tokenizer.json")))
            .findFirst());
    try {
      if (folder.isEmpty() && model.equals(EmbeddedModel.SERVED_NAME)) {
        folder = Optional.of(EmbeddedModel.unpack(CacheFolder.path()));
      }
      return TextAssets.load(folder.orElseThrow(() -> new LaunchError("the tokenizer of " + model
          + " is not on this machine; name a checkpoint folder with --tokenizer DIR, nothing is"
          + " downloaded")));
    } catch (IOException | TokenizerException refused) {
      throw new LaunchError("the tokenizer cannot be read: " + refused.getMessage());
    }
  }
}
