package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.cli.LaunchError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * First turns of conversations, from a file in ShareGPT's layout or from the text that comes with this
 * program.
 *
 * @param turns conversations of at least two turns, in the order of the source
 * @param bundled whether the text came with this program
 */
record Conversations(List<Turn> turns, boolean bundled) {
  private static final String BUNDLED = "conversations.json";

  /** The first turn of a conversation, and its answer. */
  record Turn(String prompt, String answer) {}

  /** @throws LaunchError when the file has no usable conversation */
  static Conversations read(Optional<Path> file) throws LaunchError {
    if (file.isEmpty()) {
      return new Conversations(bundledTurns(), true);
    }
    try {
      List<Turn> turns = turns(new ObjectMapper().readTree(file.get().toFile()));
      if (turns.isEmpty()) {
        throw new LaunchError("--dataset-path " + file.get()
            + ": holds no conversation of two turns; expected is a JSON list of objects with"
            + " conversations: [{value}, {value}, …]");
      }
      return new Conversations(turns, false);
    } catch (IOException unreadable) {
      throw new LaunchError(
          "--dataset-path " + file.get() + " is not readable JSON: " + unreadable.getMessage());
    }
  }

  private static List<Turn> bundledTurns() {
    try (InputStream in = Conversations.class.getResourceAsStream(BUNDLED)) {
      return turns(new ObjectMapper().readTree(in));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(BUNDLED + " cannot be read", unreadable);
    }
  }

  private static List<Turn> turns(JsonNode list) {
    List<Turn> turns = new ArrayList<>();
    for (JsonNode entry : list) {
      JsonNode spoken =
          entry.has("conversations") ? entry.path("conversations") : entry.path("conversation");
      if (spoken.size() >= 2) {
        turns.add(new Turn(
            spoken.get(0).path("value").asText(), spoken.get(1).path("value").asText()));
      }
    }
    return turns;
  }
}
