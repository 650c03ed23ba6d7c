package io.souffleur.clusterconfig.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.Version;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.http.ServerFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What clients may hear of a launch. */
final class LaunchFacts {
  private static final String FILE = "config.json";

  private LaunchFacts() {}

  static ServerFacts of(LaunchOptions options, ServedModel model, EnginePlan plan)
      throws LaunchError {
    int pageTokens = plan.recipe().layout().pageTokens();
    return new ServerFacts(
        Version.text(),
        options.model().tokenizerFolder().map(Path::toString),
        model.summary().modelType(),
        architectures(model.folder()),
        (long) plan.memory().capacity().pages() * pageTokens,
        pageTokens,
        options.shown());
  }

  /** As the checkpoint lists them; none where it does not. */
  private static List<String> architectures(Path folder) throws LaunchError {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      List<String> names = new ArrayList<>();
      for (JsonNode name : new ObjectMapper().readTree(file.toFile()).path("architectures")) {
        names.add(name.asText());
      }
      return names;
    } catch (IOException unreadable) {
      throw new LaunchError(file + " is not readable JSON");
    }
  }
}
