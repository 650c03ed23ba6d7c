package io.souffleur.clusterconfig.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.actors.ModelCard.SamplingDefaults;
import io.souffleur.clusterconfig.cli.LaunchError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sampling values that a checkpoint's {@code generation_config.json} recommends. */
final class GenerationDefaults {
  private static final String FILE = "generation_config.json";

  private GenerationDefaults() {}

  /**
   * Values of the file where it has them, of the OpenAI API elsewhere; {@code do_sample: false} means
   * temperature 0, {@code top_k: -1} means all.
   */
  static SamplingDefaults read(Path folder) throws LaunchError {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return SamplingDefaults.OPENAI;
    }
    JsonNode tree;
    try {
      tree = new ObjectMapper().readTree(file.toFile());
    } catch (IOException unreadable) {
      throw new LaunchError(file + " is not readable JSON");
    }
    SamplingDefaults api = SamplingDefaults.OPENAI;
    boolean greedy =
        tree.path("do_sample").isBoolean() && !tree.path("do_sample").asBoolean();
    return new SamplingDefaults(
        greedy ? 0 : number(file, tree, "temperature", api.temperature(), 0, 100),
        number(file, tree, "top_p", api.topP(), Float.MIN_NORMAL, 1),
        Math.max(0, (int) number(file, tree, "top_k", api.topK(), -1, Integer.MAX_VALUE)),
        number(file, tree, "min_p", api.minP(), 0, 1),
        number(file, tree, "repetition_penalty", api.repetitionPenalty(), Float.MIN_NORMAL, 2));
  }

  private static float number(
      Path file, JsonNode tree, String name, float missing, double least, double most)
      throws LaunchError {
    JsonNode node = tree.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return missing;
    }
    if (!node.isNumber() || node.asDouble() < least || node.asDouble() > most) {
      throw new LaunchError(
          file + ": " + name + " must be a number from " + least + " to " + most + ", got " + node);
    }
    return (float) node.asDouble();
  }
}
