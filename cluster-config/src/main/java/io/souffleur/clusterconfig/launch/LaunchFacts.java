package io.souffleur.clusterconfig.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.Version;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
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

  /** @param loadSeconds what loading took */
  static ServerFacts of(
      LaunchOptions options, ServedModel model, EnginePlan plan, double loadSeconds)
      throws LaunchError {
    return new ServerFacts(
        Version.text(),
        options.model().tokenizerFolder().map(Path::toString),
        model.summary().modelType(),
        architectures(model.folder()),
        sizes(model, plan, loadSeconds),
        options.shown());
  }

  private static ServerFacts.Sizes sizes(ServedModel model, EnginePlan plan, double loadSeconds) {
    CacheLayout layout = plan.recipe().layout();
    CacheCapacity capacity = plan.memory().capacity();
    return new ServerFacts.Sizes(
        plan.memory().totalTokens(),
        layout.pageTokens(),
        plan.memory().maxRunningRequests(),
        capacity.slots(),
        model.summary().weightBytes(),
        capacity.pages() * layout.pageBytes(),
        capacity.slots() * layout.slotBytes(),
        loadSeconds);
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
